using System.Net;
using Tulle.Proxy.Model;
using Tulle.Proxy.Tests.Discovery;
using Tulle.Proxy.Tests.Harness;
using Tulle.Proxy.Tests.Telemetry;
using Tulle.Testing;

namespace Tulle.Proxy.Tests.Http2;

/// <summary>A sidecar that is not there any more, without anybody having said so.</summary>
public sealed class SidecarKeepaliveTests
{
    [Fact]
    public async Task Sidecar_VanishesWhileARequestWaits_IsGivenUp()
    {
        using var hold = new ManualResetEventSlim();
        using TestServer server = TestServer.Answering(_ =>
        {
            hold.Wait(Eventually.Patience);
            return TestServer.Ok("late");
        });
        var authority = new TestAuthority();
        await using ProxyUnderTest inbound = ProxyUnderTest.WithInbound(server.EndPoint);
        Assert.Null(inbound.DataPlane.Apply(authority.Issue("server")));
        await inbound.DeclareInboundAsync(Protocol.Protocol.Http1);
        await using var network = new SilenceableRelay(inbound.Inbound().Port);
        await using var outbound = new ProxyUnderTest(config => config with { Upstreams = [new UpstreamListenerConfig(ProxyUnderTest.AnyPort, "app:80")] }, new ManualClock());
        Assert.Null(outbound.DataPlane.Apply(authority.Issue("client")));
        outbound.Route("app:80", (new IPEndPoint(IPAddress.Loopback, network.Port), TestAuthority.IdOf("server")));
        using HttpClient client = Http2Mesh.NewClient(new Uri($"http://{outbound.Upstream()}"));
        Task<HttpResponseMessage> request = client.PostAsync("/", new StringContent("once"), TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => server.Connections == 1, Eventually.Patience, "the application has the request");

        network.Silent = true;
        await Eventually.TrueAsync(
            async () =>
            {
                await outbound.AdvanceAsync(TimeSpan.FromSeconds(1));
                return request.IsCompleted;
            },
            Eventually.Patience,
            "the request is answered");
        using HttpResponseMessage response = await request;
        Assert.Equal("upstream-reset", Assert.Single(response.Headers.GetValues("tulle-error")));
        hold.Set();
    }
}
