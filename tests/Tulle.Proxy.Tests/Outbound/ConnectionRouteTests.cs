using System.Net;
using System.Net.Sockets;
using System.Text;
using Tulle.Protocol;
using Tulle.Proxy.Tests.Harness;

namespace Tulle.Proxy.Tests.Outbound;

/// <summary>Where connections go that are carried as they are: by server name, by weight, or as their authority says.</summary>
public sealed class ConnectionRouteTests
{
    [Theory]
    [InlineData(true, "alpha.example.com", "alpha")]
    [InlineData(true, "any.below.example.com", "beta")]
    [InlineData(true, "app", "default")]
    [InlineData(false, "alpha.example.com", "alpha")]
    [InlineData(false, "any.below.example.com", "beta")]
    [InlineData(false, "app", "default")]
    public async Task Tls_ServerName_DecidesWhereItGoes(bool connect, string serverName, string expected)
    {
        using TlsServer byDefault = new("default"), alpha = new("alpha"), beta = new("beta");
        await using ProxyUnderTest proxy = Start(byDefault.EndPoint, alpha.EndPoint, beta.EndPoint);
        using Socket socket = connect ? Tunnel(proxy, "app:80") : Open(proxy.Upstream());

        // The ClientHello comes in pieces, and the server gets it as it was.
        Assert.Equal($"{expected} {serverName}", await TlsServer.AskAsync(socket, serverName, piece: 40));
        Assert.Equal(1, byDefault.Connections + alpha.Connections + beta.Connections);
    }

    [Fact]
    public async Task Tls_ToAMeshedServer_TravelsUnderMutualTls()
    {
        using TlsServer byDefault = new("default"), alpha = new("alpha");
        var authority = new TestAuthority();
        await using ProxyUnderTest inbound = ProxyUnderTest.WithInbound(alpha.EndPoint);
        Assert.Null(inbound.DataPlane.Apply(authority.Issue("server")));
        await using ProxyUnderTest proxy = Start(byDefault.EndPoint, inbound.Inbound(), byDefault.EndPoint, identity: TestAuthority.IdOf("server"));
        Assert.Null(proxy.DataPlane.Apply(authority.Issue("client")));
        using Socket socket = Open(proxy.Upstream());

        Assert.Equal("alpha alpha.example.com", await TlsServer.AskAsync(socket, "alpha.example.com"));

        await inbound.CountsAsync(1, Direction.Inbound, series => series.Key.Tls && series.Key.PeerIdentity == TestAuthority.IdOf("client") ? series.ConnectionsOpened : 0);
    }

    [Fact]
    public async Task Tls_Weights_AreShares()
    {
        using TlsServer byDefault = new("default"), alpha = new("alpha"), beta = new("beta");
        Destination destination = Destinations.To([byDefault.EndPoint, alpha.EndPoint, beta.EndPoint], new Route());
        destination.ConnectionRoutes.Add(new ConnectionRoute
        {
            Name = "tls", ServerNames = { "app" },
            Backends = { new WeightedBackend { Backend = "b1", Weight = 75 }, new WeightedBackend { Backend = "b2", Weight = 25 } },
        });
        await using ProxyUnderTest proxy = Start(destination);

        for (int i = 0; i < 60; i++)
        {
            using Socket socket = Open(proxy.Upstream());
            Assert.NotNull(await TlsServer.AskAsync(socket, "app"));
        }

        Assert.Equal((0, 60), (byDefault.Connections, alpha.Connections + beta.Connections));
        Assert.InRange(alpha.Connections, 31, 59);
    }

    [Fact]
    public async Task Connection_RouteWithoutServerNames_TakesBytesButNotRequests()
    {
        using TestServer requests = TestServer.Saying("request"), bytes = new((peer, _) => peer.Send($"bytes {peer.ReadExactly(6)}"));
        Destination destination = Destinations.To([requests.EndPoint, bytes.EndPoint], new Route());
        destination.ConnectionRoutes.Add(new ConnectionRoute { Name = "tcp", Backends = { new WeightedBackend { Backend = "b1", Weight = 1 } } });
        await using ProxyUnderTest proxy = Start(destination);

        using TestPeer opaque = TestPeer.Connect(proxy.Upstream());
        opaque.Send("\u0001hello");
        Assert.Equal("bytes \u0001hello", opaque.ReadToEnd());
        using TestPeer client = TestPeer.Connect(proxy.Upstream());
        Assert.Equal("request", client.Exchange("GET / HTTP/1.1\r\nHost: app\r\n\r\n").Body);
    }

    [Theory]
    [InlineData(Protocol.Protocol.Detect)]
    [InlineData(Protocol.Protocol.Opaque)]
    public async Task Tls_ClientThatWaitsBeforeItSpeaks_IsNotGivenAServerBefore(Protocol.Protocol declared)
    {
        using TlsServer byDefault = new("default"), alpha = new("alpha");
        await using ProxyUnderTest proxy = Start(byDefault.EndPoint, alpha.EndPoint, byDefault.EndPoint, protocol: declared);
        // One that has answered once, so that the destination is known from the start, and one that is asked for.
        for (int i = 0; i < 2; i++)
        {
            using Socket socket = Open(proxy.Upstream());
            Assert.False(socket.Poll(TimeSpan.FromMilliseconds(200), SelectMode.SelectRead));
            Assert.Equal((0, i), (byDefault.Connections, alpha.Connections));
            Assert.Equal("alpha alpha.example.com", await TlsServer.AskAsync(socket, "alpha.example.com"));
        }
    }

    [Theory]
    [InlineData("alpha.example.com", "alpha")]
    [InlineData("localhost", "outside")]
    public async Task Connect_NameUnknownToTheMesh_IsRoutedByServerNameElsePassedThrough(string serverName, string expected)
    {
        using TlsServer outside = new("outside"), alpha = new("alpha");
        string authority = $"localhost:{outside.EndPoint.Port}";
        Destination destination = Destinations.To(alpha.EndPoint);
        destination.Authority = authority;
        destination.Resolution = Resolution.NotFound;
        destination.ConnectionRoutes.Add(new ConnectionRoute
        {
            Name = "tls", ServerNames = { "*.example.com" }, Backends = { new WeightedBackend { Backend = "b0", Weight = 1 } },
        });
        await using var proxy = new ProxyUnderTest();
        proxy.Apply(destination);
        using Socket socket = Tunnel(proxy, authority);

        Assert.Equal($"{expected} {serverName}", await TlsServer.AskAsync(socket, serverName));
    }

    [Fact]
    public async Task OutboundPort_Tls_GoesToTheServerThatItNames()
    {
        using TlsServer server = new("app");
        await using var proxy = new ProxyUnderTest();
        proxy.Route("app:443", server.EndPoint);
        using Socket socket = Open(proxy.Outbound);

        Assert.Equal("app app", await TlsServer.AskAsync(socket, "app", piece: 40));
        Assert.Equal(["app:443"], proxy.Subscribed.Keys);
    }

    [Fact]
    public async Task OutboundPort_TlsWithoutAServerName_IsRefused()
    {
        await using var proxy = new ProxyUnderTest();
        using Socket socket = Open(proxy.Outbound);

        await Assert.ThrowsAsync<IOException>(() => TlsServer.AskAsync(socket, "127.0.0.1"));

        Assert.Empty(proxy.Subscribed);
    }

    /// <summary>"app:80" leads to the first server; alpha.example.com to the second and everything else of example.com to the third.</summary>
    private static ProxyUnderTest Start(IPEndPoint byDefault, IPEndPoint alpha, IPEndPoint beta, string identity = "", Protocol.Protocol protocol = default)
    {
        Destination destination = Destinations.To([byDefault, alpha, beta], new Route());
        destination.Protocol = protocol;
        destination.Backends[1].Endpoints[0].Identity = identity;
        destination.ConnectionRoutes.Add(new ConnectionRoute { Name = "tls", ServerNames = { "alpha.example.com" }, Backends = { new WeightedBackend { Backend = "b1", Weight = 1 } } });
        destination.ConnectionRoutes.Add(new ConnectionRoute { Name = "tls", ServerNames = { "*.example.com" }, Backends = { new WeightedBackend { Backend = "b2", Weight = 1 } } });
        return Start(destination);
    }

    private static ProxyUnderTest Start(Destination destination)
    {
        var proxy = new ProxyUnderTest(config => config with { Upstreams = [new(ProxyUnderTest.AnyPort, "app:80")] });
        proxy.Apply(destination);
        return proxy;
    }

    private static Socket Open(IPEndPoint address)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(address);
        return socket;
    }

    private static Socket Tunnel(ProxyUnderTest proxy, string authority)
    {
        Socket socket = Open(proxy.Outbound);
        socket.Send(Encoding.ASCII.GetBytes($"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n\r\n"));
        var answer = new byte[1024];
        int length = socket.Receive(answer);
        Assert.Equal("HTTP/1.1 200 Connection Established\r\n\r\n", Encoding.ASCII.GetString(answer, 0, length));
        return socket;
    }
}
