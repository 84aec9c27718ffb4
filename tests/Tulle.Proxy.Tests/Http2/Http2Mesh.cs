using System.Net;
using System.Net.Sockets;
using Tulle.Proxy.AccessLog;
using Tulle.Proxy.Model;
using Tulle.Proxy.Tests.Harness;

namespace Tulle.Proxy.Tests.Http2;

/// <summary>A client's proxy and a server's proxy with an application behind it; the client's has a declared upstream.</summary>
internal sealed class Http2Mesh : IAsyncDisposable
{
    private readonly TestAuthority _authority = new();

    public Http2Mesh(IPEndPoint application, bool mutualTls, Func<DataPlaneConfig, DataPlaneConfig>? setUp = null, IAccessLogSink? inboundLog = null)
    {
        Inbound = ProxyUnderTest.WithInbound(application, setUp, inboundLog);
        Outbound = new ProxyUnderTest(config => config with { Upstreams = [new UpstreamListenerConfig(ProxyUnderTest.AnyPort, "app:80")] });
        Assert.Null(Inbound.DataPlane.Apply(_authority.Issue("server")));
        Assert.Null(Outbound.DataPlane.Apply(_authority.Issue("client")));
        Outbound.Route("app:80", (Inbound.Inbound(), mutualTls ? TestAuthority.IdOf("server") : ""));
    }

    public ProxyUnderTest Inbound { get; }

    public ProxyUnderTest Outbound { get; }

    /// <summary>Where the application's client connects.</summary>
    public Uri Address => new($"http://127.0.0.1:{Outbound.Upstream().Port}");

    /// <summary>A client that speaks HTTP/2 with prior knowledge and nothing else.</summary>
    public HttpClient NewClient(Version? version = null) => NewClient(Address, version);

    public static HttpClient NewClient(Uri address, Version? version = null) => new(new SocketsHttpHandler { UseProxy = false, UseCookies = false })
    {
        BaseAddress = address,
        DefaultRequestVersion = version ?? HttpVersion.Version20,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Timeout = Testing.Eventually.Patience,
    };

    /// <summary>A raw connection to the client's proxy.</summary>
    public Socket ConnectRaw()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 60_000 };
        socket.Connect(Outbound.Upstream());
        return socket;
    }

    public async ValueTask DisposeAsync()
    {
        await Outbound.DisposeAsync();
        await Inbound.DisposeAsync();
    }
}
