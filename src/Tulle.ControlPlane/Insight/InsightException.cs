namespace Tulle.ControlPlane.Insight;

/// <summary>A question about the mesh that cannot be answered; becomes a Status object.</summary>
internal sealed class InsightException(int code, string reason, string message) : Exception(message)
{
    /// <summary>HTTP status code.</summary>
    public int Code => code;

    /// <summary>As in Kubernetes: <c>BadRequest</c>, <c>NotFound</c>, <c>TooManyRequests</c>.</summary>
    public string Reason => reason;

    public static InsightException BadRequest(string message) => new(400, "BadRequest", message);

    public static InsightException NotFound(string message) => new(404, "NotFound", message);
}
