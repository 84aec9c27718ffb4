using Tulle.Protocol;
using Tulle.Proxy.AccessLog;
using Tulle.Proxy.Telemetry;
using Tulle.Proxy.Tests.Harness;
using Tulle.Proxy.Tracing;
using static Tulle.Proxy.Tests.Harness.Allocations;

namespace Tulle.Proxy.Tests.Forwarding;

/// <summary>Zero bytes per request in steady state: measured on the loop's own thread, with everything on.</summary>
public sealed class AllocationTests
{
    private const int Requests = 20_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Requests_InSteadyState_AllocateNothing(bool mutualTls)
    {
        var authority = new TestAuthority();
        using var server = new TestServer((peer, _) => Answer(peer));
        await using ProxyUnderTest inbound = ProxyUnderTest.WithInbound(server.EndPoint);
        await using var outbound = new ProxyUnderTest();
        Assert.Null(inbound.DataPlane.Apply(authority.Issue("server")));
        Assert.Null(outbound.DataPlane.Apply(authority.Issue("client")));
        outbound.Route("app:80", (inbound.Inbound(), mutualTls ? TestAuthority.IdOf("server") : ""));
        using TestPeer client = TestPeer.Connect(outbound.Outbound);

        Exchange(client, 2_000);
        long[] before = [await AllocatedAsync(outbound), await AllocatedAsync(inbound)];
        Exchange(client, Requests);
        long[] after = [await AllocatedAsync(outbound), await AllocatedAsync(inbound)];

        Assert.InRange(after[0] - before[0], 0, Noise);
        Assert.InRange(after[1] - before[1], 0, Noise);
    }

    /// <summary>A tap wants some requests a second; the others pay a comparison.</summary>
    [Fact]
    public async Task Requests_WithATapThatHasEnough_AllocateNothing()
    {
        using var server = new TestServer((peer, _) => Answer(peer));
        await using ProxyUnderTest inbound = ProxyUnderTest.WithInbound(server.EndPoint);
        await using var outbound = new ProxyUnderTest();
        outbound.Route("app:80", inbound.Inbound());
        foreach (ProxyUnderTest proxy in (ProxyUnderTest[])[inbound, outbound]) proxy.Taps.Start(new TapStart { TapId = 1, MaxRps = 0.001 });
        using TestPeer client = TestPeer.Connect(outbound.Outbound);

        Exchange(client, 2_000);
        long[] before = [await AllocatedAsync(outbound), await AllocatedAsync(inbound)];
        Exchange(client, Requests);
        long[] after = [await AllocatedAsync(outbound), await AllocatedAsync(inbound)];

        Assert.InRange(after[0] - before[0], 0, Noise);
        Assert.InRange(after[1] - before[1], 0, Noise);
        Assert.True(outbound.Taps.Events.TryRead(out _) && inbound.Taps.Events.TryRead(out _), "the tap saw nothing");
    }

    /// <summary>Every request is recorded and reported, with context in every format.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\ntracestate: a=1\r\n")]
    [InlineData("b3: 4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1\r\nx-request-id: r\r\n")]
    public async Task Requests_WithTracing_AllocateNothing(string fields)
    {
        using var server = new TestServer((peer, _) => Answer(peer));
        var tracing = new TracingConfig { SamplingPpm = 1_000_000, SpansPerSecond = 100_000 };
        await using ProxyUnderTest inbound = ProxyUnderTest.WithInbound(server.EndPoint, config => config with { Tracing = tracing });
        await using var outbound = new ProxyUnderTest(config => config with { Tracing = tracing });
        outbound.Route("app:80", inbound.Inbound());
        using TestPeer client = TestPeer.Connect(outbound.Outbound);

        Exchange(client, 2_000, fields);
        long[] before = [await AllocatedAsync(outbound), await AllocatedAsync(inbound)];
        Exchange(client, Requests, fields);
        long[] after = [await AllocatedAsync(outbound), await AllocatedAsync(inbound)];

        Assert.InRange(after[0] - before[0], 0, Noise);
        Assert.InRange(after[1] - before[1], 0, Noise);
        Assert.All([outbound, inbound], proxy => Assert.True(proxy.DataPlane.Metrics[0].Spans > 500));
    }

    /// <summary>With everything that a route may ask for beside forwarding, and a log line for every request.</summary>
    [Fact]
    public async Task RequestsWithEveryAction_InSteadyState_AllocateNothing()
    {
        using var server = new TestServer((peer, _) => Answer(peer));
        await using var proxy = new ProxyUnderTest(config => config with { AccessLog = AccessLogModel.Object }, accessLog: new NowhereSink());
        proxy.Apply(Destinations.To(server.EndPoint, new Route
        {
            Condition = new Condition { Path = new StringMatch { Regex = "/pa[a-z]+" } },
            Rewrite = new Rewrite { Authority = "other", Regex = new RegexRewrite { Pattern = "^/(.*)$", Substitution = @"/new/\1" } },
            RequestHeaders = new HeaderOperations { Set = { new HeaderField { Name = "x-a", Value = "1" } }, Removed = { "accept" } },
            ResponseHeaders = new HeaderOperations { Added = { new HeaderField { Name = "x-b", Value = "2" } } },
            Cors = new CorsPolicy { Origins = { new StringMatch { Prefix = "http" } } },
            Fault = new Fault { DelayMs = 1, DelayPpm = 1, AbortPpm = 1, AbortStatus = 500 },
            Mirrors = { new Mirror { Backend = "b0", Ppm = 1 } },
            Timeouts = new Timeouts { RequestMs = 5_000 },
            Retries = new RetryPolicy { Limit = 2, On = { RetryCondition.Retry5Xx } },
        }));
        using TestPeer client = TestPeer.Connect(proxy.Outbound);

        Exchange(client, 2_000, "Origin: http://a\r\n");
        long before = await AllocatedAsync(proxy);
        Exchange(client, Requests, "Origin: http://a\r\n");
        long after = await AllocatedAsync(proxy);

        Assert.InRange(after - before, 0, Noise);
        Assert.DoesNotContain(proxy.DataPlane.Metrics.SelectMany(loop => loop.Errors), error => error.Reason != "fault-abort");
    }

    private sealed class NowhereSink : IAccessLogSink
    {
        private readonly LoopRing _ring = new(AccessLogHub.RingCapacity);

        public LoopRing NewRing() => _ring;

        public void Wake() => _ring.Take(_ring.Peek().Length);
    }
}
