using Tulle.Http.Http1;
using Tulle.Proxy.Balancing;
using Tulle.Proxy.Configuration;
using Tulle.Proxy.Forwarding;
using Tulle.Proxy.Model;
using Tulle.Proxy.Resilience;
using Tulle.Testing;

namespace Tulle.Proxy.Tests.Model;

/// <summary>Holds the figures of docs/reference/behaviour.md against the constants of the proxy.</summary>
public sealed class BehaviourTests
{
    private static readonly string Page = File.ReadAllText(RepositoryFolder.PathOf("docs", "reference", "behaviour.md"));
    private static readonly DataPlaneConfig Defaults = new();

    public static TheoryData<string> Sentences =>
    [
        $"| TCP connect | {Defaults.ConnectTimeout.TotalSeconds} s |",
        $"| Request head, from its first byte | {Defaults.HeadTimeout.TotalSeconds} s |",
        $"| Nothing moves in an HTTP exchange | {Defaults.IdleTimeout.TotalMinutes} min |",
        $"| Nothing moves in a TCP connection | {Defaults.OpaqueIdleTimeout.TotalHours} h |",
        $"| Unused connection to a server | {Defaults.PoolIdleTimeout.TotalSeconds} s |",
        $"| Rest of a request, after an answer that ends its connection | read and thrown away until {Defaults.LingerSilence.TotalSeconds} s of silence, {Defaults.LingerTimeout.TotalSeconds} s at most |",
        $"| Interim responses (1xx) to one request | passed on, {Http1Limits.Default.InterimResponses} at most;",
        $"| Protocol detection, silent client | {Defaults.EarlyConnectDelay.TotalMilliseconds} ms,",
        $"when the response has not begun {Http1Downstream.AskAfterMs} ms later",
        $"| Drain on shutdown | {new ProxyConfig().DrainTimeout.TotalSeconds} s |",
        $"| Requests that provably were not processed | sent again, {RetryPolicyModel.MaxUnprocessedTries} tries at most |",
        $"| Budget | {RetryBudgetModel.Default.RatioPpm / 10_000} % and {RetryBudgetModel.Default.MinPerSecond}/s over {RetryBudgetModel.Default.WindowMicros / 1_000_000} s, for every retry",
        $"| Pause before retry N | random, up to (2^N − 1) × {RetryPolicyModel.DefaultBackoffMs} ms, at most {10 * RetryPolicyModel.DefaultBackoffMs} ms |",
        $"| `Retry-After` | waited for, up to {RetryBackoff.MaxRetryAfterMicros / 1_000_000} s |",
        $"| Latency assumed at first; decay | {PeakEwma.DefaultRttMicros / 1_000} ms; {PeakEwma.DecayMicros / 1_000_000} s |",
        $"| Consecutive connect failures | the endpoint rests {ConnectBackoff.FirstMicros / 1_000} ms, doubling to {ConnectBackoff.LongestMicros / 1_000_000} s |",
    ];

    [Theory]
    [MemberData(nameof(Sentences))]
    public void Page_Figures_AreThoseOfTheCode(string sentence) => Assert.Contains(sentence, Page, StringComparison.Ordinal);
}
