using Tulle.ControlPlane.Compilation;
using Tulle.Model.Resources;
using Tulle.Protocol;
using Tulle.Testing;

namespace Tulle.ControlPlane.Tests.Compilation;

/// <summary>Holds the figures of docs/reference/behaviour.md against the constants of the control plane.</summary>
public sealed class BehaviourTests
{
    private static readonly string Page = File.ReadAllText(RepositoryFolder.PathOf("docs", "reference", "behaviour.md"));

    public static TheoryData<string> Sentences =>
    [
        $"| VirtualService without `retries` | {VirtualServiceRetries.DefaultAttempts} on connect-failure, refused-stream, unavailable, cancelled |",
        $"| ServiceProfile, `isRetryable` | {ProfileRoutes.DefaultRetryLimit} retries at most",
        $"| Annotations `retry.linkerd.io/*` | limit {AnnotatedRetries.DefaultLimit} |",
        $"| Ring; Maglev table | {ConsistentHash.DefaultRingSize}; {ConsistentHash.DefaultMaglevSize} |",
        $"| Body of a direct response | {RouteLimits.DirectResponseBytes / 1024} KiB at most |",
        $"| Slow start (`warmup`) | off; from {WarmUp.DefaultMinimumPercent} %",
        $"within a factor of {LocalityPreference.MaxOverload}",
        $"| `consecutive5xxErrors` | {OutlierSettings.DefaultConsecutive5xx} |",
        $"| `consecutiveLocalOriginFailures` | {OutlierSettings.DefaultConsecutiveLocalOriginFailures}, with",
        $"| `interval`; `baseEjectionTime` | {OutlierSettings.DefaultInterval.TotalSeconds} s; {OutlierSettings.DefaultBaseEjectionTime.TotalSeconds} s |",
        $"| Longest ejection | {BackendPolicies.MaxEjection.TotalSeconds} s, or the base",
        $"| `maxEjectionPercent` | {OutlierSettings.DefaultMaxEjectionPercent}, but one",
        $"{AnnotatedAccrual.DefaultMaxFailures} failures in a row; `unified` also a success rate below {AnnotatedAccrual.DefaultSuccessRate} over {AnnotatedAccrual.DefaultWindow.TotalSeconds} s and at least",
        $"{AnnotatedAccrual.DefaultMinRequests} requests; left out for {AnnotatedAccrual.DefaultMinPenalty.TotalSeconds} s to {AnnotatedAccrual.DefaultMaxPenalty.TotalSeconds} s, jitter {AnnotatedAccrual.DefaultJitterRatio}.",
        $"every {AnnotatedHealthCheck.DefaultInterval.TotalSeconds} s, answer within {AnnotatedHealthCheck.DefaultTimeout.TotalSeconds} s, unhealthy after",
        $"{AnnotatedHealthCheck.DefaultUnhealthyThreshold} failures, healthy after {AnnotatedHealthCheck.DefaultHealthyThreshold} success",
    ];

    [Theory]
    [MemberData(nameof(Sentences))]
    public void Page_Figures_AreThoseOfTheCode(string sentence) => Assert.Contains(sentence, Page, StringComparison.Ordinal);
}
