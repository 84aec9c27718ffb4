using System.Net;
using System.Net.Sockets;
using Tulle.Http.Http2;
using Tulle.Protocol;
using Tulle.Proxy.Model;
using Tulle.Proxy.Tests.Harness;
using Tulle.Proxy.Tests.Telemetry;
using Tulle.Testing;

namespace Tulle.Proxy.Tests.Http2;

/// <summary>Peers that fall silent, with a clock that the test moves.</summary>
public sealed class Http2TimeoutTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly byte[] Settings = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    private static readonly byte[] Ping = [0, 0, 8, 6, 0, 0, 0, 0, 0];

    private readonly TcpListener _server = new(IPAddress.Loopback, 0);
    private readonly ManualClock _clock = new();
    private readonly ProxyUnderTest _proxy;

    public Http2TimeoutTests()
    {
        _server.Start();
        _proxy = new ProxyUnderTest(config => config with { Inbound = [new InboundListenerConfig(ProxyUnderTest.AnyPort, (IPEndPoint)_server.LocalEndpoint)] }, _clock);
    }

    public async ValueTask DisposeAsync()
    {
        _server.Dispose();
        await _proxy.DisposeAsync();
    }

    [Fact]
    public async Task Application_SilentWhileARequestWaits_IsNotPinged()
    {
        using HttpClient client = Http2Mesh.NewClient(Address);
        Task<HttpResponseMessage> request = client.GetAsync("/", TestContext.Current.CancellationToken);
        using Wire server = await AcceptAsync();
        for (int i = 0; i < 12; i++) await _proxy.AdvanceAsync(TimeSpan.FromSeconds(10));
        // The proxy has acknowledged this one behind whatever it sent before.
        server.Send(Settings);
        await server.HasAsync([0, 0, 0, 4, 1, 0, 0, 0, 0, 0, 0, 0, 4, 1], "the acknowledgement of SETTINGS");
        Assert.False(server.Has(Ping));
        // HEADERS with ":status: 200" of the static table, which end the stream.
        server.Send([0, 0, 1, 1, 5, 0, 0, 0, 1, 0x88]);
        using HttpResponseMessage response = await request.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Server_SilentWhileARequestWaits_IsPingedAndThenGivenUp()
    {
        await ConfigureKeepaliveAsync();
        using HttpClient client = Http2Mesh.NewClient(Address);
        Task<HttpResponseMessage> request = client.PostAsync("/", new StringContent("once"), TestContext.Current.CancellationToken);
        using Wire server = await AcceptAsync();
        await _proxy.AdvanceAsync(TimeSpan.FromSeconds(9));
        Assert.False(server.Has(Ping));

        await _proxy.AdvanceAsync(TimeSpan.FromSeconds(1));
        await server.HasAsync(Ping, "a PING");
        Assert.False(request.IsCompleted);

        await _proxy.AdvanceAsync(TimeSpan.FromSeconds(3));
        using HttpResponseMessage response = await request.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        await server.EndsAsync();
    }

    [Fact]
    public async Task Server_AnswersThePing_MayTakeItsTime()
    {
        await ConfigureKeepaliveAsync();
        using HttpClient client = Http2Mesh.NewClient(Address);
        Task<HttpResponseMessage> request = client.GetAsync("/", TestContext.Current.CancellationToken);
        using Wire server = await AcceptAsync();
        for (int i = 0; i < 3; i++)
        {
            await _proxy.AdvanceAsync(TimeSpan.FromSeconds(10));
            await server.HasAsync(Ping, "a PING");
            server.Send([0, 0, 8, 6, 1, 0, 0, 0, 0, .. server.Take(Ping, 8)]);
            await _proxy.AdvanceAsync(TimeSpan.FromSeconds(1));
        }
        // HEADERS with ":status: 200" of the static table, which end the stream.
        server.Send([0, 0, 1, 1, 5, 0, 0, 0, 1, 0x88]);

        using HttpResponseMessage response = await request.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Client_NeverAcknowledgesSettings_IsToldWhyAndCutOff()
    {
        using var client = new Wire(ConnectRaw());
        client.Send([.. Http2Connection.Preface, .. Settings]);
        await client.HasAsync([0, 0, 0, 4, 1], "the acknowledgement of SETTINGS");
        await _proxy.AdvanceAsync(TimeSpan.FromSeconds(10));
        await client.EndsAsync();
        Assert.Equal((uint)Http2ErrorCode.SettingsTimeout, GoAwayCode(client));
    }

    [Fact]
    public async Task Client_Idle_IsToldGoodbye()
    {
        using var client = new Wire(ConnectRaw());
        client.Send([.. Http2Connection.Preface, .. Settings, 0, 0, 0, 4, 1, 0, 0, 0, 0]);
        await client.HasAsync([0, 0, 0, 4, 1], "the acknowledgement of SETTINGS");
        await _proxy.AdvanceAsync(_proxy.Config.IdleTimeout);
        await client.EndsAsync();
        Assert.Equal((uint)Http2ErrorCode.NoError, GoAwayCode(client));
    }

    private Task ConfigureKeepaliveAsync()
    {
        var pool = new ConnectionPool { Http2Keepalive = new Http2Keepalive() };
        Assert.Null(_proxy.DataPlane.Apply(new InboundPolicy { Ports = { new InboundPort { Port = (uint)_proxy.Inbound().Port, ConnectionPool = pool } } }));
        return _proxy.TurnAsync();
    }

    private Uri Address => new($"http://{_proxy.Inbound()}");

    private static uint GoAwayCode(Wire peer) => System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(peer.Take([0, 0, 8, 7, 0, 0, 0, 0, 0], 8).AsSpan(4));

    private Socket ConnectRaw()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(_proxy.Inbound());
        return socket;
    }

    /// <summary>The proxy's connection, up, with a request on it that is not answered.</summary>
    private async Task<Wire> AcceptAsync()
    {
        var server = new Wire(await _server.AcceptSocketAsync(TestContext.Current.CancellationToken));
        server.Send([.. Settings, 0, 0, 0, 4, 1, 0, 0, 0, 0]);
        await server.HasAsync([0, 0, 0, 4, 1], "the acknowledgement of SETTINGS");
        await _proxy.TurnAsync();
        return server;
    }

    /// <summary>A socket, and all bytes that came on it, read on a thread of their own.</summary>
    private sealed class Wire : IDisposable
    {
        private readonly List<byte> _received = [];
        private readonly Socket _socket;
        private readonly TaskCompletionSource _ended = new();

        public Wire(Socket socket)
        {
            _socket = socket;
            new Thread(Read) { IsBackground = true }.Start();
        }

        public void Send(byte[] bytes) => _socket.Send(bytes);

        public bool Has(byte[] pattern)
        {
            lock (_received) return IndexOf(pattern) >= 0;
        }

        public Task HasAsync(byte[] pattern, string what) => Eventually.TrueAsync(() => Has(pattern), Patience, $"{what} comes");

        /// <summary>The bytes behind a pattern; both are forgotten.</summary>
        public byte[] Take(byte[] pattern, int count)
        {
            lock (_received)
            {
                int at = IndexOf(pattern);
                Assert.InRange(at, 0, _received.Count - pattern.Length - count);
                byte[] bytes = [.. _received.GetRange(at + pattern.Length, count)];
                _received.RemoveRange(at, pattern.Length + count);
                return bytes;
            }
        }

        public Task EndsAsync() => _ended.Task.WaitAsync(Patience);

        public void Dispose() => _socket.Dispose();

        private int IndexOf(byte[] pattern) => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_received).IndexOf(pattern);

        private void Read()
        {
            byte[] buffer = new byte[4096];
            try
            {
                for (int n; (n = _socket.Receive(buffer)) > 0;)
                {
                    lock (_received) _received.AddRange(buffer.AsSpan(0, n));
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                // The other side broke it off, or the test is over.
            }
            _ended.TrySetResult();
        }
    }
}
