using System.Net;
using Tulle.Protocol;
using Tulle.Proxy.Outbound;
using Tulle.Proxy.Tests.Harness;
using Tulle.Proxy.Tests.Resilience;
using Tulle.Testing;

namespace Tulle.Proxy.Tests.Outbound;

public sealed class OutboundTests
{
    [Fact]
    public async Task Request_AbsoluteForm_BecomesOriginForm()
    {
        using TestServer server = TestServer.Answering(request => TestServer.Ok(request.StartLine + "|" + request.Header("Host")));
        await using var proxy = new ProxyUnderTest();
        proxy.Route("app:80", server.EndPoint);
        using TestPeer client = TestPeer.Connect(proxy.Outbound);
        Assert.Equal("GET /a?b HTTP/1.1|APP", client.Exchange("GET http://APP/a?b HTTP/1.1\r\nHost: other\r\n\r\n").Body);
        Assert.Equal(["app:80"], proxy.Subscribed.Keys);
    }

    [Fact]
    public async Task Request_UnknownToTheMesh_PassesThroughByDns()
    {
        using TestServer server = TestServer.Saying("outside");
        await using var proxy = new ProxyUnderTest();
        using TestPeer client = TestPeer.Connect(proxy.Outbound);
        Assert.Equal("outside", client.Exchange($"GET http://localhost:{server.EndPoint.Port}/ HTTP/1.1\r\nHost: x\r\n\r\n").Body);
        Assert.Equal("outside", client.Exchange($"GET http://{server.EndPoint}/ HTTP/1.1\r\nHost: x\r\n\r\n").Body);
        TestMessage missing = client.Exchange("GET http://no-such-name.invalid/ HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.Equal("name-not-found", missing.Header("tulle-error"));
    }

    [Fact]
    public async Task Request_ItsNameIsResolvedWhenItsDestinationWasForgotten_NoEndpointIsKept()
    {
        using TestServer server = TestServer.Saying("hello");
        var answer = new TaskCompletionSource<IPAddress[]>();
        await using var proxy = new ProxyUnderTest(
            config => config with { MaxDestinations = 1, DiscoveryTimeout = TimeSpan.FromMilliseconds(200) }, names: new NameResolver(_ => answer.Task));
        proxy.Route("app:80", server.EndPoint);
        using TestPeer client = TestPeer.Connect(proxy.Outbound);
        Assert.Equal("discovery-timeout", client.Exchange("GET http://slow.example/ HTTP/1.1\r\nHost: x\r\n\r\n").Header("tulle-error"));
        Assert.Equal("hello", client.Exchange(Scenario.Get).Body);
        // On a thread without a context, so that the loop was told when this returns.
        await Task.Run(() => answer.SetResult([IPAddress.Loopback]));
        await proxy.TurnAsync();
        Assert.Equal([server.EndPoint.ToString()], proxy.DataPlane.Endpoints[0].All.Select(endpoint => endpoint.Model.Key));
    }

    [Fact]
    public async Task Configuration_LosesItsNamedRoutesWhileARequestIsDelayed_ItIsServed()
    {
        using TestServer server = TestServer.Saying("hello");
        await using var scenario = new Scenario((route, _) => route.Fault = new Fault { DelayMs = 1_000, DelayPpm = 1_000_000 }, server.EndPoint);
        scenario.Destination.NamedRoutes.Add(new NamedRoute { Name = "GET /", Condition = new Condition { Path = new StringMatch { Prefix = "/" } } });
        scenario.Proxy.Apply(scenario.Destination);
        using TestPeer client = scenario.Connect();
        client.Send(Scenario.Get);
        await Eventually.TrueAsync(() => scenario.Proxy.DataPlane.Metrics[0].FaultDelays == 1, Eventually.Patience, "the request is delayed");
        scenario.Apply((_, _) => { }, server.EndPoint);
        await scenario.Proxy.TurnAsync();
        await scenario.AdvanceAsync(1.1);
        Assert.Equal("hello", client.ReadMessage().Body);
        await scenario.Proxy.CountsAsync(1, Direction.Outbound, series => series.Key.Route == "" ? series.Requests : 0);
    }

    [Fact]
    public async Task Connect_ToAMeshAuthority_IsRoutedByRequest()
    {
        using TestServer server = TestServer.Answering(request => TestServer.Ok(request.StartLine));
        await using var proxy = new ProxyUnderTest();
        proxy.Route("app:80", server.EndPoint);
        using TestPeer client = TestPeer.Connect(proxy.Outbound);
        Assert.Equal(200, client.Exchange("CONNECT app:80 HTTP/1.1\r\nHost: app:80\r\n\r\n", isHead: true).Status);
        for (int i = 0; i < 3; i++) Assert.Equal($"GET /{i} HTTP/1.1", client.Exchange($"GET /{i} HTTP/1.1\r\nHost: app\r\n\r\n").Body);
        await proxy.CountsAsync(3, Direction.Outbound, series => series.Requests);
    }

    [Fact]
    public async Task Connect_ToAnotherAuthority_IsABlindTunnel()
    {
        using var server = new TestServer((peer, _) => peer.Send(peer.ReadExactly(4)));
        await using var proxy = new ProxyUnderTest();
        using TestPeer client = TestPeer.Connect(proxy.Outbound);
        client.Send($"CONNECT {server.EndPoint} HTTP/1.1\r\nHost: x\r\n\r\nping");
        Assert.Equal(200, client.ReadMessage(withoutBody: true).Status);
        Assert.Equal("ping", client.ReadToEnd());
    }

    [Fact]
    public async Task Connect_NobodyListens_GetsTheError()
    {
        await using var proxy = new ProxyUnderTest();
        using TestPeer client = TestPeer.Connect(proxy.Outbound);
        TestMessage response = client.Exchange("CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: x\r\n\r\n");
        Assert.Equal("connect-failed", response.Header("tulle-error"));
    }

    [Fact]
    public async Task Request_AbsoluteHttps_IsRefusedInsteadOfSentInPlaintext()
    {
        await using var proxy = new ProxyUnderTest();
        using TestPeer client = TestPeer.Connect(proxy.Outbound);
        Assert.Equal("not-supported", client.Exchange("GET https://app/ HTTP/1.1\r\nHost: app\r\n\r\n").Header("tulle-error"));
    }

    [Fact]
    public async Task Upstream_ClientThatSpeaksSlowly_IsWaitedFor()
    {
        using TestServer server = TestServer.Saying("patience");
        await using var proxy = new ProxyUnderTest(config => config with { Upstreams = [new(ProxyUnderTest.AnyPort, "app:80")] });
        await using ProxyUnderTest inbound = ProxyUnderTest.WithInbound(server.EndPoint);
        proxy.Route("app:80", server.EndPoint);
        foreach (var address in new[] { proxy.Upstream(), inbound.Inbound() })
        {
            using TestPeer client = TestPeer.Connect(address);
            foreach (string part in new[] { "GE", "T / HT", "TP/1.1\r\nHo", "st: a\r\n\r\n" })
            {
                client.Send(part);
                // Longer than the time after which a silent client's server is connected.
                await Task.Delay(60);
            }
            Assert.Equal("patience", client.ReadMessage().Body);
        }
    }

    [Fact]
    public async Task Upstream_SilentThenHttpWhileNothingListens_GetsAnAnswer()
    {
        await using var proxy = new ProxyUnderTest(config => config with { Upstreams = [new(ProxyUnderTest.AnyPort, "app:80")] });
        proxy.Route("app:80", new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 1));
        using TestPeer client = TestPeer.Connect(proxy.Upstream());
        await Task.Delay(100);
        Assert.Equal("connect-failed", client.Exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n").Header("tulle-error"));
    }

    [Fact]
    public async Task Upstream_FixedAuthority_KeepsTheHost()
    {
        using TestServer server = TestServer.Answering(request => TestServer.Ok(request.Header("Host")!));
        await using var proxy = new ProxyUnderTest(config => config with { Upstreams = [new(ProxyUnderTest.AnyPort, "app:80")] });
        proxy.Route("app:80", server.EndPoint);
        using TestPeer client = TestPeer.Connect(proxy.Upstream());
        Assert.Equal("whatever:1", client.Exchange("GET / HTTP/1.1\r\nHost: whatever:1\r\n\r\n").Body);
    }

    [Fact]
    public async Task Destination_EndpointsReplaced_NextRequestGoesToTheNewOne()
    {
        using TestServer first = TestServer.Saying("first");
        using TestServer second = TestServer.Saying("second");
        await using var proxy = new ProxyUnderTest();
        proxy.Route("app:80", first.EndPoint);
        using TestPeer client = TestPeer.Connect(proxy.Outbound);
        Assert.Equal("first", client.Exchange("GET http://app/ HTTP/1.1\r\nHost: x\r\n\r\n").Body);
        proxy.Route("app:80", second.EndPoint);
        await Eventually.TrueAsync(
            () => client.Exchange("GET http://app/ HTTP/1.1\r\nHost: x\r\n\r\n").Body == "second", Eventually.Patience, "the update is applied");
    }

    [Fact]
    public async Task Destination_WeightedRoutes_SharesFollowTheWeights()
    {
        using TestServer v1 = TestServer.Saying("1");
        using TestServer v2 = TestServer.Saying("2");
        await using var proxy = new ProxyUnderTest();
        var destination = new Destination
        {
            Authority = "app:80",
            Resolution = Resolution.Mesh,
            Backends = { Backend("v1", v1), Backend("v2", v2) },
            Routes =
            {
                new Route
                {
                    Name = "header",
                    Condition = new Condition { Header = new HeaderMatch { Name = "version", Value = new StringMatch { Exact = "v2" } } },
                    Backends = { new WeightedBackend { Backend = "v2", Weight = 1 } },
                },
                new Route
                {
                    Name = "canary",
                    Backends = { new WeightedBackend { Backend = "v1", Weight = 90 }, new WeightedBackend { Backend = "v2", Weight = 10 } },
                },
            },
        };
        proxy.Apply(destination);
        using TestPeer client = TestPeer.Connect(proxy.Outbound);
        int second = Enumerable.Range(0, 2_000).Count(_ => client.Exchange("GET http://app/ HTTP/1.1\r\nHost: x\r\n\r\n").Body == "2");
        Assert.InRange(second, 120, 280);
        for (int i = 0; i < 20; i++) Assert.Equal("2", client.Exchange("GET http://app/ HTTP/1.1\r\nHost: x\r\nversion: v2\r\n\r\n").Body);
    }

    [Fact]
    public async Task Destination_ManyLoops_EachLearnsOfIt()
    {
        using TestServer server = TestServer.Saying("hello");
        await using var proxy = new ProxyUnderTest(config => config with { Loops = 3 });
        proxy.Route("app:80", server.EndPoint);
        var clients = Enumerable.Range(0, 6).Select(_ => TestPeer.Connect(proxy.Outbound)).ToArray();
        foreach (TestPeer client in clients)
        {
            for (int i = 0; i < 3; i++) Assert.Equal("hello", client.Exchange("GET http://app/ HTTP/1.1\r\nHost: x\r\n\r\n").Body);
        }
        await proxy.CountsAsync(18, Direction.Outbound, series => series.Requests);
        Assert.All(proxy.DataPlane.Metrics, loop => Assert.Equal(6, loop.All.Sum(series => series.Requests)));
        foreach (TestPeer client in clients) client.Dispose();
    }

    [Fact]
    public async Task Destination_MoreThanTheLimit_TheOldestIsUnsubscribed()
    {
        await using var proxy = new ProxyUnderTest(config => config with { MaxDestinations = 2 });
        using TestServer server = TestServer.Saying("hello");
        foreach (string name in new[] { "a:80", "b:80", "c:80" }) proxy.Route(name, server.EndPoint);
        using TestPeer client = TestPeer.Connect(proxy.Outbound);
        foreach (string name in new[] { "a", "b", "c" })
        {
            Assert.Equal("hello", client.Exchange($"GET http://{name}/ HTTP/1.1\r\nHost: x\r\n\r\n").Body);
            await Task.Delay(20);
        }
        Assert.Equal(["b:80", "c:80"], proxy.Subscribed.Keys.Order());
    }

    private static Backend Backend(string name, TestServer server) => new()
    {
        Name = name,
        Endpoints = { new Endpoint { Address = "127.0.0.1", Port = (uint)server.EndPoint.Port } },
    };
}
