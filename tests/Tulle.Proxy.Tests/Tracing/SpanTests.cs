using System.Net;
using Tulle.Protocol;
using Tulle.Proxy.Tests.Harness;
using Tulle.Proxy.Tests.Telemetry;
using Tulle.Proxy.Tracing;
using Tulle.Testing;

namespace Tulle.Proxy.Tests.Tracing;

/// <summary>Which spans a proxy reports, and what is in them.</summary>
public sealed class SpanTests
{
    private static readonly TracingConfig All = new() { SamplingPpm = 1_000_000 };
    private static readonly TracingConfig None = new() { SamplingPpm = 0 };

    [Fact]
    public async Task SampledRequest_Span_SaysWhatHappened()
    {
        using var server = new RecordingServer(_ => "HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nhello");
        await using var proxy = new ProxyUnderTest(config => config with { Tracing = All });
        Destination destination = Destinations.To(server.EndPoint, new Route { Name = "virtualservice/test/app#0" });
        destination.NamedRoutes.Add(new NamedRoute { Name = "GET /users/{id}", Condition = new Condition { Path = new StringMatch { Prefix = "/users" } } });
        destination.Tracing = new Protocol.Tracing
        {
            Tags =
            {
                new TracingTag { Name = "stage", Value = "test" },
                new TracingTag { Name = "tenant", Header = "x-tenant", Value = "none" },
                new TracingTag { Name = "missing", Header = "x-missing", Value = "default" },
                new TracingTag { Name = "absent", Header = "x-absent" },
            },
        };
        proxy.Apply(destination);
        using TestPeer client = TestPeer.Connect(proxy.Outbound);
        client.Exchange("POST http://app/users/7?secret=1 HTTP/1.1\r\nHost: app\r\nUser-Agent: t\u00e9st\r\nX-Tenant: acme\r\nX-Request-Id: r1\r\nContent-Length: 3\r\n\r\nabc");

        ProxySpan span = (await proxy.Spans.ReadAsync(1))[0];
        Assert.Equal((16, true, false), (span.TraceId.Length, span.Sampled, span.Slow));
        Assert.Equal(("POST", "http", "app", "/users/7", "1.1"), (span.Method, span.Scheme, span.Authority, span.Path, span.HttpVersion));
        Assert.Equal((404u, false, 1u, 3ul, 5ul), (span.Status, span.Failed, span.Attempts, span.RequestBytes, span.ResponseBytes));
        Assert.Equal(("virtualservice/test/app#0", "GET /users/{id}", "b0", "r1"), (span.Rule, span.Route, span.Backend, span.RequestId));
        Assert.Equal(("test", "app", 80u), (span.Service.Namespace, span.Service.Name, span.Service.Port));
        Assert.Equal(server.EndPoint.ToString(), span.PeerAddress);
        Assert.Matches(@"^t\?+st$", span.UserAgent);
        Assert.False(span.HasGrpcStatus);
        Assert.Equal(["stage=test", "tenant=acme", "missing=default"], span.Tags.Select(tag => $"{tag.Name}={tag.Value}"));
        Assert.InRange(DateTimeOffset.FromUnixTimeMilliseconds((long)span.StartMicros / 1000), DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddSeconds(1));
    }

    [Fact]
    public async Task UnsampledRequests_OnlyFailuresAreReported()
    {
        using var server = new RecordingServer(message => message.Head.Contains("/bad", StringComparison.Ordinal)
            ? "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"
            : TestServer.Ok("hello"));
        await using var proxy = new ProxyUnderTest(config => config with { Tracing = None });
        proxy.Route("app:80", server.EndPoint);
        proxy.Route("down:80", new IPEndPoint(IPAddress.Loopback, 1));
        using TestPeer client = TestPeer.Connect(proxy.Outbound);
        client.Exchange("GET /good HTTP/1.1\r\nHost: app\r\n\r\n");
        client.Exchange("GET /bad HTTP/1.1\r\nHost: app\r\n\r\n");
        client.Exchange("GET /down HTTP/1.1\r\nHost: down\r\n\r\n");

        IReadOnlyList<ProxySpan> spans = await proxy.Spans.ReadAsync(2);
        Assert.All(spans, span => Assert.True(span is { Sampled: false, Failed: true }));
        Assert.Equal((500u, ""), (spans[0].Status, spans[0].MeshError));
        Assert.Equal("connect-failed", spans[1].MeshError);
    }

    [Fact]
    public async Task UnroutableRequest_Sampled_HasASpan()
    {
        await using var proxy = new ProxyUnderTest(config => config with { Tracing = None });
        Destination nowhere = Destinations.To(new IPEndPoint(IPAddress.Loopback, 1), new Route { Condition = new Condition { Path = new StringMatch { Exact = "/other" } } });
        proxy.Apply(nowhere);
        using TestPeer client = TestPeer.Connect(proxy.Outbound);
        client.Exchange("GET / HTTP/1.1\r\nHost: app\r\ntraceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\n\r\n");

        ProxySpan span = (await proxy.Spans.ReadAsync(1))[0];
        Assert.Equal(("no-route", 0x00f067aa0ba902b7ul, true), (span.MeshError, span.ParentId, span.Sampled));
    }

    [Fact]
    public async Task SlowRequest_Unsampled_IsReported()
    {
        var clock = new ManualClock();
        using var gate = new ManualResetEventSlim();
        using var server = new RecordingServer(_ =>
        {
            gate.Wait(TimeSpan.FromMinutes(1), CancellationToken.None);
            return TestServer.Ok("hello");
        });
        await using var proxy = new ProxyUnderTest(config => config with { Tracing = None with { Slow = TimeSpan.FromSeconds(2) } }, clock);
        proxy.Route("app:80", server.EndPoint);
        using TestPeer client = TestPeer.Connect(proxy.Outbound);
        client.Send("GET /slow HTTP/1.1\r\nHost: app\r\n\r\n");
        await Eventually.TrueAsync(() => !server.Received.IsEmpty, TimeSpan.FromMinutes(1), "the request has arrived");
        await proxy.AdvanceAsync(TimeSpan.FromSeconds(2));
        gate.Set();
        client.ReadMessage();

        ProxySpan span = (await proxy.Spans.ReadAsync(1))[0];
        Assert.Equal((true, false, false), (span.Slow, span.Sampled, span.Failed));
        Assert.InRange(span.DurationMicros, 2_000_000ul, 2_100_000ul);
    }

    [Fact]
    public async Task Policy_SilencesSpans_ContextStillGoesOn()
    {
        using var server = new RecordingServer();
        await using var proxy = new ProxyUnderTest(config => config with { Tracing = All });
        Destination destination = Destinations.To(server.EndPoint, new Route());
        destination.Tracing = new Protocol.Tracing { SilencesSpans = true };
        proxy.Apply(destination);
        using TestPeer client = TestPeer.Connect(proxy.Outbound);
        client.Exchange("GET / HTTP/1.1\r\nHost: app\r\n\r\n");
        await proxy.CountsAsync(1, Direction.Outbound, series => series.Requests);
        await proxy.TurnAsync();

        Assert.Empty(await proxy.Spans.ReadAsync(0));
        Assert.Contains("traceparent: ", Assert.Single(server.Received).Head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SamplingRate_OfThePolicy_IsKept()
    {
        using var server = new RecordingServer();
        await using var proxy = new ProxyUnderTest(config => config with { Tracing = None });
        Destination destination = Destinations.To(server.EndPoint, new Route());
        destination.Tracing = new Protocol.Tracing { SamplingPpm = 500_000 };
        proxy.Apply(destination);
        using TestPeer client = TestPeer.Connect(proxy.Outbound);
        for (int i = 0; i < 400; i++) client.Exchange("GET / HTTP/1.1\r\nHost: app\r\n\r\n");
        await proxy.TurnAsync();

        // Six standard deviations of 400 coins are 60; the seed of the loop is fixed.
        long spans = proxy.DataPlane.Metrics[0].Spans;
        Assert.InRange(spans, 140, 260);
        Assert.Equal(spans, server.Received.Count(message => message.Head.Contains("-01\r\n", StringComparison.Ordinal)));
    }

    /// <summary>A flood: more spans than may be reported are counted, not kept.</summary>
    [Fact]
    public async Task Flood_BeyondTheRate_IsCounted()
    {
        using var server = new RecordingServer();
        await using var proxy = new ProxyUnderTest(config => config with { Tracing = All with { SpansPerSecond = 20 } }, new ManualClock());
        proxy.Route("app:80", server.EndPoint);
        using TestPeer client = TestPeer.Connect(proxy.Outbound);
        for (int i = 0; i < 100; i++) client.Exchange("GET / HTTP/1.1\r\nHost: app\r\n\r\n");
        await proxy.TurnAsync();

        await proxy.Spans.ReadAsync(20);
        Assert.Equal((20, 80), (proxy.DataPlane.Metrics[0].Spans, proxy.DataPlane.Metrics[0].SpansLimited));
        Assert.Equal(80ul, proxy.Spans.Dropped);
    }

    /// <summary>Nobody takes the spans: the buffer is all that they get.</summary>
    [Fact]
    public async Task Flood_NobodyReads_FillsTheBufferAndNoMore()
    {
        using var server = new RecordingServer();
        await using var proxy = new ProxyUnderTest(config => config with { Tracing = All with { SpansPerSecond = 100_000 } });
        proxy.Route("app:80", server.EndPoint);
        using TestPeer client = TestPeer.Connect(proxy.Outbound);
        string path = new('p', 2_000);
        for (int i = 0; i < 600; i++) client.Exchange($"GET /{path} HTTP/1.1\r\nHost: app\r\n\r\n");
        await proxy.TurnAsync();

        long kept = proxy.DataPlane.Metrics[0].Spans;
        Assert.True(kept is > 100 and < 500, $"{kept} spans are kept");
        Assert.Equal(600 - kept, proxy.Spans.Reporter.Dropped);
        IReadOnlyList<ProxySpan> spans = await proxy.Spans.ReadAsync((int)kept);
        Assert.All(spans, span => Assert.Equal(SpanEncoder.MaxPath, span.Path.Length));
        Assert.Equal((ulong)(600 - kept), proxy.Spans.Dropped);
    }

    [Theory]
    [InlineData(1_000_001, "x", "more than all")]
    [InlineData(1, "", "is empty")]
    public void Compile_WrongPolicy_IsRefused(uint ppm, string tag, string expected)
    {
        (TracingModel? model, string? error) = TracingModel.Compile(new Protocol.Tracing { SamplingPpm = ppm, Tags = { new TracingTag { Name = tag, Value = "v" } } });
        Assert.Null(model);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Compile_TagsBeyondTheLimits_AreRefused()
    {
        var many = new Protocol.Tracing();
        for (int i = 0; i <= TracingModel.MaxTags; i++) many.Tags.Add(new TracingTag { Name = $"t{i}", Value = "v" });
        Assert.Contains("more than 20", TracingModel.Compile(many).Error, StringComparison.Ordinal);
        Assert.Contains("longer than", TracingModel.Compile(new Protocol.Tracing { Tags = { new TracingTag { Name = "t", Value = new string('v', 257) } } }).Error, StringComparison.Ordinal);
    }
}
