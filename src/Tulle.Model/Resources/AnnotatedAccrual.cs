namespace Tulle.Model.Resources;

/// <summary>Annotations <c>balancer.linkerd.io/failure-accrual*</c>: when an endpoint that fails is left out (linkerd.md §2).</summary>
/// <param name="MaxFailures">Failures in a row.</param>
/// <param name="SuccessRate">Threshold of the success rate; 0 when it does not count.</param>
/// <param name="JitterRatio">Spread of the penalties.</param>
public sealed record AnnotatedAccrual(
    int MaxFailures, TimeSpan MinPenalty, TimeSpan MaxPenalty, double JitterRatio, double SuccessRate, TimeSpan Window, int MinRequests)
{
    public const string ModeAnnotation = "balancer.linkerd.io/failure-accrual";
    public const string MaxFailuresAnnotation = "balancer.linkerd.io/failure-accrual-consecutive-max-failures";
    public const string MinPenaltyAnnotation = "balancer.linkerd.io/failure-accrual-consecutive-min-penalty";
    public const string MaxPenaltyAnnotation = "balancer.linkerd.io/failure-accrual-consecutive-max-penalty";
    public const string JitterAnnotation = "balancer.linkerd.io/failure-accrual-consecutive-jitter-ratio";
    public const string SuccessRateAnnotation = "balancer.alpha.linkerd.io/failure-accrual-success-rate-threshold";
    public const string WindowAnnotation = "balancer.alpha.linkerd.io/failure-accrual-success-rate-window";
    public const string MinRequestsAnnotation = "balancer.alpha.linkerd.io/failure-accrual-success-rate-min-requests";

    public const int DefaultMaxFailures = 7;
    public const double DefaultJitterRatio = 0.5;
    public const double DefaultSuccessRate = 0.8;
    public const int DefaultMinRequests = 5;

    public static readonly TimeSpan DefaultMinPenalty = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan DefaultMaxPenalty = TimeSpan.FromSeconds(60);
    public static readonly TimeSpan DefaultWindow = TimeSpan.FromSeconds(10);

    internal static AnnotatedAccrual? Read(IReadOnlyDictionary<string, string> annotations)
    {
        string mode = annotations.GetValueOrDefault(ModeAnnotation) ?? "";
        bool unified = mode == "unified";
        if (!unified && mode != "consecutive")
            return null;
        return new AnnotatedAccrual(
            AnnotationValues.Count(annotations.GetValueOrDefault(MaxFailuresAnnotation)) ?? DefaultMaxFailures,
            AnnotationValues.Duration(annotations.GetValueOrDefault(MinPenaltyAnnotation)) ?? DefaultMinPenalty,
            AnnotationValues.Duration(annotations.GetValueOrDefault(MaxPenaltyAnnotation)) ?? DefaultMaxPenalty,
            AnnotationValues.Number(annotations.GetValueOrDefault(JitterAnnotation)) ?? DefaultJitterRatio,
            unified ? AnnotationValues.Number(annotations.GetValueOrDefault(SuccessRateAnnotation)) ?? DefaultSuccessRate : 0,
            unified ? AnnotationValues.Duration(annotations.GetValueOrDefault(WindowAnnotation)) ?? DefaultWindow : TimeSpan.Zero,
            unified ? AnnotationValues.Count(annotations.GetValueOrDefault(MinRequestsAnnotation)) ?? DefaultMinRequests : 0);
    }
}
