using System.Net;
using System.Net.Sockets;
using Tulle.Protocol;
using Tulle.Proxy.Model;
using Tulle.Proxy.Tests.Harness;
using Tulle.Proxy.Tests.Resilience;

namespace Tulle.Proxy.Tests.Outbound;

/// <summary>How connections that are carried as they are get to a server when some do not answer.</summary>
public sealed class OpaqueConnectTests
{
    private const string Bytes = "\u0001hello\n";

    [Fact]
    public async Task Endpoint_Refuses_TheOtherIsConnected()
    {
        using var server = new TestServer((peer, _) => peer.Send(peer.ReadThrough("\n")));
        IPEndPoint gone = Refusing();
        await using ProxyUnderTest proxy = new(config => config with { Upstreams = [new UpstreamListenerConfig(ProxyUnderTest.AnyPort, "app:80")] });
        proxy.Route("app:80", gone, server.EndPoint);

        for (int i = 0; i < 20; i++)
        {
            using TestPeer client = TestPeer.Connect(proxy.Upstream());
            client.Send(Bytes);
            Assert.Equal(Bytes, client.ReadToEnd());
        }
        Assert.Equal(20, server.Connections);
    }

    [Fact]
    public async Task AllEndpoints_Refuse_TheClientIsResetAndItIsCountedOnce()
    {
        await using ProxyUnderTest proxy = new(config => config with { Upstreams = [new UpstreamListenerConfig(ProxyUnderTest.AnyPort, "app:80")] });
        proxy.Route("app:80", Refusing(), Refusing());
        using TestPeer client = TestPeer.Connect(proxy.Upstream());
        client.Send(Bytes);
        Assert.True(client.IsClosed());
        Assert.Equal(1, proxy.Errors("connect-failed"));
    }

    [Fact]
    public async Task ConnectTimeout_IsTheBackends_AndTheOtherEndpointIsTried()
    {
        // Full backlog: the kernel leaves further connects unanswered.
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        silent.Listen(0);
        using TestPeer filling = TestPeer.Connect((IPEndPoint)silent.LocalEndPoint!);
        using var server = new TestServer((peer, _) => peer.Send(peer.ReadThrough("\n")));
        await using var scenario = new Scenario(
            (_, backend) => backend.ConnectionPool = new ConnectionPool { ConnectTimeoutMs = 300 },
            config => config with { Upstreams = [new UpstreamListenerConfig(ProxyUnderTest.AnyPort, "app:80")] },
            (IPEndPoint)silent.LocalEndPoint!, server.EndPoint);

        // Sooner or later a client meets the silent endpoint first, and leaves it after the backend's time, not the default's second.
        for (int served = 0; Opened() == served && served < 100; served++)
        {
            using TestPeer client = TestPeer.Connect(scenario.Proxy.Upstream());
            client.Send(Bytes);
            await scenario.AdvanceAsync(0);
            for (int tenth = 0; tenth < 5; tenth++) await scenario.AdvanceAsync(0.1);
            Assert.Equal(Bytes, client.ReadToEnd());
        }
        Assert.True(Opened() > server.Connections, "no client met the silent endpoint");

        long Opened() => scenario.Proxy.Sum(Direction.Outbound, series => series.ConnectionsOpened);
    }

    [Fact]
    public async Task Client_BeginsToSpeakWhileItsServerIsConnected_IsNotWaitedForWithoutEnd()
    {
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        silent.Listen(0);
        using TestPeer filling = TestPeer.Connect((IPEndPoint)silent.LocalEndPoint!);
        await using var scenario = new Scenario(
            (_, _) => { }, config => config with { Upstreams = [new UpstreamListenerConfig(ProxyUnderTest.AnyPort, "app:80")] }, (IPEndPoint)silent.LocalEndPoint!);
        using TestPeer client = TestPeer.Connect(scenario.Proxy.Upstream());
        await Testing.Eventually.TrueAsync(
            async () =>
            {
                await scenario.AdvanceAsync(0.05);
                return scenario.Proxy.Sum(Direction.Outbound, series => series.OpenConnections) == 1;
            },
            Testing.Eventually.Patience,
            "the client is silent for so long that its server is connected");
        // May become HTTP, and never does.
        client.Send("GE");
        await scenario.Proxy.TurnAsync();
        for (int second = 0; second < 30; second++) await scenario.AdvanceAsync(1);
        Assert.True(client.IsReadable);
        Assert.True(client.IsClosed());
        Assert.Equal(0, scenario.Proxy.Sum(Direction.Outbound, series => series.OpenConnections));
    }

    /// <summary>An address where nobody listens.</summary>
    private static IPEndPoint Refusing()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }
}
