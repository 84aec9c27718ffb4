namespace Tulle.Model.Resources;

/// <summary>Annotations <c>tulle.dev/health-check-*</c>: active checks of a service's endpoints. Defaults are those of Kubernetes' probes.</summary>
/// <param name="Path">Path of the HTTP GET; empty for a TCP connection.</param>
public sealed record AnnotatedHealthCheck(string Path, TimeSpan Interval, TimeSpan Timeout, int UnhealthyThreshold, int HealthyThreshold)
{
    /// <summary>Switches the checks on.</summary>
    public const string PathAnnotation = "tulle.dev/health-check-path";
    public const string IntervalAnnotation = "tulle.dev/health-check-interval";
    public const string TimeoutAnnotation = "tulle.dev/health-check-timeout";
    public const string UnhealthyAnnotation = "tulle.dev/health-check-unhealthy-threshold";
    public const string HealthyAnnotation = "tulle.dev/health-check-healthy-threshold";

    public const int DefaultUnhealthyThreshold = 3;
    public const int DefaultHealthyThreshold = 1;

    public static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(1);

    internal static AnnotatedHealthCheck? Read(IReadOnlyDictionary<string, string> annotations)
    {
        if (annotations.GetValueOrDefault(PathAnnotation) is not { } path)
            return null;
        return new AnnotatedHealthCheck(path.Length == 0 || path[0] == '/' ? path : $"/{path}",
            Positive(AnnotationValues.Duration(annotations.GetValueOrDefault(IntervalAnnotation))) ?? DefaultInterval,
            Positive(AnnotationValues.Duration(annotations.GetValueOrDefault(TimeoutAnnotation))) ?? DefaultTimeout,
            AnnotationValues.Count(annotations.GetValueOrDefault(UnhealthyAnnotation)) is { } unhealthy and > 0 ? unhealthy : DefaultUnhealthyThreshold,
            AnnotationValues.Count(annotations.GetValueOrDefault(HealthyAnnotation)) is { } healthy and > 0 ? healthy : DefaultHealthyThreshold);
    }

    private static TimeSpan? Positive(TimeSpan? time) => time > TimeSpan.Zero ? time : null;
}
