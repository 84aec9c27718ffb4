using Tulle.Proxy.Model;
using Tulle.Proxy.Telemetry;
using Tulle.Proxy.Tests.Harness;

namespace Tulle.Proxy.Tests.Listening;

public sealed class ListenerTests
{
    [Fact]
    public async Task Accept_AtTheLimit_WaitsUntilOneCloses()
    {
        using TestServer server = TestServer.Saying("hello");
        await using ProxyUnderTest proxy = ProxyUnderTest.WithInbound(server.EndPoint, config => config with { MaxConnectionsPerLoop = 2 });
        const string get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        TestPeer first = TestPeer.Connect(proxy.Inbound());
        using TestPeer second = TestPeer.Connect(proxy.Inbound());
        first.Exchange(get);
        second.Exchange(get);

        using TestPeer third = TestPeer.Connect(proxy.Inbound());
        third.Send(get);
        Assert.False(third.Socket.Poll(TimeSpan.FromMilliseconds(200), System.Net.Sockets.SelectMode.SelectRead));
        first.Dispose();
        Assert.Equal("hello", third.ReadMessage().Body);
    }

    [Fact]
    public async Task Start_AddressInUse_SaysWhichAndWhy()
    {
        await using var running = new ProxyUnderTest();
        var config = new DataPlaneConfig { Outbound = [running.Outbound] };
        await using var second = new DataPlane(config, running, new TapHub(TimeProvider.System), TimeProvider.System);
        var error = Assert.Throws<IOException>(second.Start);
        Assert.Contains(running.Outbound.ToString(), error.Message);
        Assert.Contains("in use", error.Message, StringComparison.OrdinalIgnoreCase);
    }
}
