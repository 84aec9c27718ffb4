using System.Text.Json.Nodes;

namespace Tulle.Kubernetes;

/// <summary>One detail of why the API server refused a request.</summary>
/// <param name="Reason">Machine-readable: <c>FieldValueInvalid</c>, <c>FieldValueRequired</c>…</param>
/// <param name="Field">Path of the field; empty when none.</param>
/// <param name="Message">What is wrong with it.</param>
public sealed record StatusCause(string Reason, string Field, string Message);

/// <summary>The API server refused a request and said why in a Status object.</summary>
public sealed class ApiStatusException : Exception
{
    private ApiStatusException(int code, string reason, string message, IReadOnlyList<StatusCause> causes, JsonObject? status)
        : base(message)
    {
        Code = code;
        Reason = reason;
        Causes = causes;
        Status = status;
    }

    /// <summary>HTTP status code.</summary>
    public int Code { get; }

    /// <summary><c>NotFound</c>, <c>AlreadyExists</c>, <c>Conflict</c>, <c>Invalid</c>, <c>Expired</c>, <c>Forbidden</c>…; empty when the answer had none.</summary>
    public string Reason { get; }

    /// <summary>Details, in the server's order.</summary>
    public IReadOnlyList<StatusCause> Causes { get; }

    /// <summary>The whole Status object; null when the answer was none.</summary>
    public JsonObject? Status { get; }

    public bool IsNotFound => Code == 404;

    public bool IsAlreadyExists => Reason == "AlreadyExists";

    public bool IsConflict => Code == 409 && !IsAlreadyExists;

    /// <summary>The resourceVersion or continue token asked for is gone: list again.</summary>
    public bool IsExpired => Code == 410;

    /// <summary>Reads the body of a refused request.</summary>
    /// <param name="code">HTTP status code.</param>
    /// <param name="body">The body: a Status object if all is well, else any text.</param>
    /// <param name="request">Method and path, named when the body says nothing.</param>
    public static ApiStatusException Of(int code, string body, string request)
    {
        JsonObject? status = Json.TryParseObject(body);
        if (status is null || status.Text("kind") != "Status")
        {
            string detail = body.Length == 0 ? "" : $": {body[..Math.Min(body.Length, 300)].Trim()}";
            return new ApiStatusException(code, "", $"the API server answered {code} to {request}{detail}", [], null);
        }
        return Of(status, code, request);
    }

    /// <summary>The exception for a Status object, such as a watch's ERROR event carries.</summary>
    public static ApiStatusException Of(JsonObject status, int code, string request)
    {
        int statusCode = status["code"] is JsonValue value && value.TryGetValue(out int number) ? number : code;
        string message = status.Text("message") is { Length: > 0 } text ? text : $"the API server answered {statusCode} to {request}";
        var causes = new List<StatusCause>();
        foreach (JsonNode? cause in status["details"]?["causes"] as JsonArray ?? [])
        {
            if (cause is JsonObject item)
                causes.Add(new StatusCause(item.Text("reason") ?? "", item.Text("field") ?? "", item.Text("message") ?? ""));
        }
        return new ApiStatusException(statusCode, status.Text("reason") ?? "", message, causes, status);
    }
}
