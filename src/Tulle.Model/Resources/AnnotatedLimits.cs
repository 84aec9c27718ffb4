namespace Tulle.Model.Resources;

/// <summary>
/// Annotations of Tulle's own that bound requests: on a VirtualService those of its rules, of each by itself, and with
/// <c>.NAME</c> after them those of the rule with that name; on a Service those to it. No other dialect has fields for that.
/// </summary>
/// <param name="Rate">Requests per second that each client's proxy sends; 0 for no limit.</param>
/// <param name="Burst">Requests at one time; 0 for one second's worth.</param>
/// <param name="StreamTimeout">Longest life of an exchange, whatever moves in it; zero for none.</param>
public sealed record AnnotatedLimits(double Rate, int Burst, TimeSpan StreamTimeout)
{
    public const string RateAnnotation = "tulle.dev/rate-limit";
    public const string BurstAnnotation = "tulle.dev/rate-limit-burst";
    public const string StreamTimeoutAnnotation = "tulle.dev/stream-timeout";

    public static IReadOnlyList<string> Annotations { get; } = [RateAnnotation, BurstAnnotation, StreamTimeoutAnnotation];

    /// <summary>What is in force; null when nothing is said. Values that cannot be read count as absent; validation names them.</summary>
    /// <param name="annotations">Of the object.</param>
    /// <param name="rule">Name of the rule; empty for none.</param>
    internal static AnnotatedLimits? Read(IReadOnlyDictionary<string, string> annotations, string rule = "")
    {
        string suffix = rule.Length > 0 ? $".{rule}" : "";
        // A burst belongs to the rate beside it.
        string ofRate = annotations.ContainsKey(RateAnnotation + suffix) ? suffix : "";
        double? rate = AnnotationValues.Number(annotations.GetValueOrDefault(RateAnnotation + ofRate));
        TimeSpan? stream = AnnotationValues.Duration(annotations.GetValueOrDefault(StreamTimeoutAnnotation + suffix))
            ?? AnnotationValues.Duration(annotations.GetValueOrDefault(StreamTimeoutAnnotation));
        return rate is null && stream is null
            ? null
            : new AnnotatedLimits(rate ?? 0, AnnotationValues.Count(annotations.GetValueOrDefault(BurstAnnotation + ofRate)) ?? 0, stream ?? TimeSpan.Zero);
    }
}
