using Tulle.Protocol;
using Tulle.Proxy.Resilience;
using Tulle.Proxy.Routing.Overrides;
using Tulle.Proxy.Tests.Harness;

namespace Tulle.Proxy.Tests.Routing.Overrides;

public sealed class RequestOverridesTests
{
    private const OverrideDialects Both = OverrideDialects.Envoy | OverrideDialects.Linkerd;

    [Theory]
    [InlineData("x-envoy-upstream-rq-timeout-ms: 250", 250, 0, 0, 0)]
    [InlineData("X-Envoy-Upstream-Rq-Per-Try-Timeout-Ms: 50", 0, 0, 50, 0)]
    [InlineData("x-envoy-retry-on: 5xx,nonsense", 0, 0, 0, 1)]
    [InlineData("x-envoy-retry-on: 5xx\r\nx-envoy-max-retries: 4", 0, 0, 0, 4)]
    [InlineData("x-envoy-max-retries: 1000", 0, 0, 0, 100)]
    [InlineData("l5d-timeout: 2s", 2_000, 0, 0, 0)]
    [InlineData("l5d-request-timeout: 3m\r\nl5d-timeout: 2s", 180_000, 0, 0, 0)]
    [InlineData("l5d-response-timeout: 100ms", 0, 100, 0, 0)]
    [InlineData("l5d-retry-timeout: 20ms\r\nl5d-retry-http: 5xx\r\nl5d-retry-limit: 3", 0, 0, 20, 3)]
    [InlineData("l5d-retry-http: 500-504", 0, 0, 0, 1)]
    [InlineData("l5d-timeout: soon\r\nx-envoy-max-retries: many", 0, 0, 0, 0)]
    public void Apply_Headers_ChangeThePolicy(string fields, long requestMs, long responseMs, long perTryMs, int limit)
    {
        RoutePolicyModel policy = Apply(fields.Split("\r\n"), Both);
        Assert.Equal((requestMs, responseMs, perTryMs, limit),
            (policy.Timeouts.RequestMicros / 1000, policy.Timeouts.ResponseMicros / 1000, policy.Retries.PerTryTimeoutMicros / 1000, policy.Retries.Limit));
    }

    [Fact]
    public void Apply_OtherDialectOnly_ChangesNothing()
    {
        Assert.Same(RoutePolicyModel.Default, Apply(["x-envoy-max-retries: 3"], OverrideDialects.Linkerd));
        Assert.Same(RoutePolicyModel.Default, Apply(["l5d-retry-limit: 3"], OverrideDialects.Envoy));
    }

    [Fact]
    public async Task Headers_WhenOff_DoNothingAndGoNoFurther()
    {
        using var server = new RecordingServer(_ => "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
        await using var proxy = new ProxyUnderTest();
        proxy.Apply(Destinations.To(server.EndPoint, new Route()));
        using TestPeer client = TestPeer.Connect(proxy.Outbound);

        Assert.Equal(503, client.Exchange("GET /a HTTP/1.1\r\nHost: app\r\nX-Envoy-Retry-On: 5xx\r\nL5d-Retry-Http: 5xx\r\nX-Envoy-Other: kept\r\n\r\n").Status);

        TestMessage request = Assert.Single(server.Received);
        Assert.Null(request.Header("x-envoy-retry-on"));
        Assert.Null(request.Header("l5d-retry-http"));
        Assert.Equal("kept", request.Header("x-envoy-other"));
    }

    [Fact]
    public async Task Headers_WhenOn_AreObeyed()
    {
        int count = 0;
        using var server = new RecordingServer(_ => Interlocked.Increment(ref count) < 3 ? "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n" : TestServer.Ok("third"));
        await using var proxy = new ProxyUnderTest(config => config with { Overrides = Both });
        proxy.Apply(Destinations.To(server.EndPoint, new Route()));
        using TestPeer client = TestPeer.Connect(proxy.Outbound);

        TestMessage response = client.Exchange("POST /a HTTP/1.1\r\nHost: app\r\nX-Envoy-Retry-On: 5xx\r\nX-Envoy-Max-Retries: 2\r\nContent-Length: 2\r\n\r\nab");

        Assert.Equal((200, "third"), (response.Status, response.Body));
        Assert.Equal(["ab", "ab", "ab"], server.Received.Select(request => request.Body));
        Assert.All(server.Received, request => Assert.Null(request.Header("x-envoy-max-retries")));
    }

    private static RoutePolicyModel Apply(string[] fields, OverrideDialects dialects)
    {
        TestRequest request = TestRequest.Get("/", fields);
        Assert.True(RequestOverrides.MayBeIn(request.View.Fields));
        return RequestOverrides.Apply(RoutePolicyModel.Default, request.View.Fields, dialects);
    }
}
