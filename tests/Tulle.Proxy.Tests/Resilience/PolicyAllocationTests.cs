using Tulle.Protocol;
using Tulle.Proxy.Tests.Harness;
using static Tulle.Proxy.Tests.Harness.Allocations;

namespace Tulle.Proxy.Tests.Resilience;

/// <summary>Zero bytes per request with every policy on: measured on the loop's own thread.</summary>
public sealed class PolicyAllocationTests
{
    [Fact]
    public async Task Requests_WithEveryPolicy_AllocateNothing()
    {
        using var server = new TestServer((peer, _) => Answer(peer));
        await using var scenario = new Scenario(
            (route, backend) =>
            {
                route.Timeouts = new Timeouts { RequestMs = 5_000, ResponseMs = 4_000, IdleMs = 3_000, StreamMs = 60_000 };
                route.Retries = new RetryPolicy { Limit = 3, PerTryTimeoutMs = 2_000, On = { RetryCondition.Retry5Xx, RetryCondition.RetryRetriableHeaders }, AnyMethod = true };
                route.Retries.ResponseHeaders.Add(new HeaderMatch { Name = "x-again" });
                route.RateLimit = new RateLimit { RequestsPerSecond = 1_000_000, Burst = 1_000_000, PerIdentityPerSecond = 900_000 };
                backend.ConnectionPool = new ConnectionPool { MaxConnections = 10, MaxPendingRequests = 10, MaxRequests = 10, MaxRetries = 3 };
                backend.OutlierDetection = new OutlierDetection { Consecutive5Xx = 5 };
                backend.FailureAccrual = new FailureAccrual { ConsecutiveFailures = 7, SuccessRateThreshold = 0.5 };
                backend.LoadBalancer = new LoadBalancer { Policy = BalancingPolicy.BalancingRingHash, Hash = new HashKey { Header = "accept" } };
            },
            server.EndPoint);
        using TestPeer client = scenario.Connect();
        Exchange(client, 2_000);
        long before = await AllocatedAsync(scenario.Proxy);
        Exchange(client, 20_000);
        Assert.InRange(await AllocatedAsync(scenario.Proxy) - before, 0, Noise);
    }
}
