namespace Tulle.Model.Resources;

/// <summary>
/// What annotations of a Service say about the traffic to it: Linkerd's (linkerd.md §2), and Tulle's for health checks and
/// limits. Values that cannot be read count as absent; validation names them.
/// </summary>
public sealed record ServicePolicy(AnnotatedRetries? Retries, AnnotatedTimeouts Timeouts, AnnotatedAccrual? FailureAccrual, AnnotatedHealthCheck? HealthCheck, AnnotatedLimits? Limits)
{
    public static ServicePolicy Read(IReadOnlyDictionary<string, string> annotations) => new(
        AnnotatedRetries.Read(annotations), AnnotatedTimeouts.Read(annotations), AnnotatedAccrual.Read(annotations), AnnotatedHealthCheck.Read(annotations),
        AnnotatedLimits.Read(annotations));
}

/// <summary>Annotations <c>retry.linkerd.io/*</c>.</summary>
/// <param name="ServerErrors">Whether every 5xx is sent again.</param>
/// <param name="GatewayErrors">Whether 502, 503 and 504 are sent again.</param>
/// <param name="Statuses">Further statuses that are sent again.</param>
/// <param name="Grpc">Names of gRPC statuses that are sent again.</param>
/// <param name="PerTryTimeout">Zero for none.</param>
public sealed record AnnotatedRetries(
    bool ServerErrors, bool GatewayErrors, IReadOnlyList<int> Statuses, IReadOnlyList<string> Grpc, int Limit, TimeSpan PerTryTimeout)
{
    public const string HttpAnnotation = "retry.linkerd.io/http";
    public const string GrpcAnnotation = "retry.linkerd.io/grpc";
    public const string LimitAnnotation = "retry.linkerd.io/limit";
    public const string TimeoutAnnotation = "retry.linkerd.io/timeout";

    /// <summary>linkerd.md §2.</summary>
    public const int DefaultLimit = 1;

    public static IReadOnlyList<string> GrpcNames { get; } = ["cancelled", "deadline-exceeded", "internal", "resource-exhausted", "unavailable"];

    internal static AnnotatedRetries? Read(IReadOnlyDictionary<string, string> annotations)
    {
        string[] http = AnnotationValues.List(annotations.GetValueOrDefault(HttpAnnotation));
        string[] grpc = [.. AnnotationValues.List(annotations.GetValueOrDefault(GrpcAnnotation)).Where(GrpcNames.Contains)];
        int[] statuses = [.. http.SelectMany(AnnotationValues.Statuses).Distinct().Order()];
        var read = new AnnotatedRetries(http.Contains("5xx"), http.Contains("gateway-error"), statuses, grpc,
            AnnotationValues.Count(annotations.GetValueOrDefault(LimitAnnotation)) ?? DefaultLimit,
            AnnotationValues.Duration(annotations.GetValueOrDefault(TimeoutAnnotation)) ?? TimeSpan.Zero);
        return read.ServerErrors || read.GatewayErrors || statuses.Length > 0 || grpc.Length > 0 || read.PerTryTimeout > TimeSpan.Zero ? read : null;
    }
}

/// <summary>Annotations <c>timeout.linkerd.io/*</c>; zero for none.</summary>
public sealed record AnnotatedTimeouts(TimeSpan Request, TimeSpan Response, TimeSpan Idle)
{
    public const string RequestAnnotation = "timeout.linkerd.io/request";
    public const string ResponseAnnotation = "timeout.linkerd.io/response";
    public const string IdleAnnotation = "timeout.linkerd.io/idle";

    public bool IsEmpty => Request == TimeSpan.Zero && Response == TimeSpan.Zero && Idle == TimeSpan.Zero;

    internal static AnnotatedTimeouts Read(IReadOnlyDictionary<string, string> annotations) => new(
        Time(annotations, RequestAnnotation), Time(annotations, ResponseAnnotation), Time(annotations, IdleAnnotation));

    private static TimeSpan Time(IReadOnlyDictionary<string, string> annotations, string name) =>
        AnnotationValues.Duration(annotations.GetValueOrDefault(name)) ?? TimeSpan.Zero;
}
