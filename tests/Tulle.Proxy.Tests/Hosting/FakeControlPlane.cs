using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Threading.Channels;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tulle.Identity;
using Tulle.Protocol;
using Tulle.Proxy.Configuration;
using Tulle.Testing;

namespace Tulle.Proxy.Tests.Hosting;

/// <summary>
/// A control plane that does what the test says: real gRPC over real TLS on a port of its own. Can be stopped and started again on that port.
/// </summary>
internal sealed class FakeControlPlane : IAsyncDisposable
{
    public static readonly SpiffeId WorkloadId = SpiffeId.ForServiceAccount("cluster.local", "shop", "web");

    private readonly RandomNumberGenerator _random = RandomNumberGenerator.Create();
    private readonly TemporaryFolder _folder = new();
    private readonly SpiffeId _identity;
    private readonly int _port = FreePort.Next();
    private WebApplication? _app;

    private FakeControlPlane(SpiffeId identity)
    {
        _identity = identity;
        Authority = CertificateAuthorityMaterial.CreateRoot("cluster.local", TimeProvider.System, _random);
        File.WriteAllText(AnchorsFile, Tulle.Identity.TrustBundle.Of(Authority).ToPem());
        File.WriteAllText(TokenFile, "secret-token\n");
    }

    /// <summary>The root it signs with; replace it to rotate.</summary>
    public CertificateAuthorityMaterial Authority { get; set; }

    public string AnchorsFile => Path.Combine(_folder.Path, "anchors.pem");

    public string TokenFile => Path.Combine(_folder.Path, "token");

    /// <summary>Every discovery stream there was, oldest first.</summary>
    public Channel<DiscoveryStream> Streams { get; } = Channel.CreateUnbounded<DiscoveryStream>();

    public Channel<InsightStream> InsightStreams { get; } = Channel.CreateUnbounded<InsightStream>();

    public ConcurrentQueue<string> Authorizations { get; } = new();

    /// <summary>How Certify answers; null issues for <see cref="WorkloadId"/>.</summary>
    public Func<CertifyRequest, CertifyResponse>? Certify { get; set; }

    public TimeSpan CertificateLifetime { get; set; } = TimeSpan.FromHours(24);

    public int Certified;

    public string Url => $"https://127.0.0.1:{_port}";

    public static async Task<FakeControlPlane> StartAsync(SpiffeId? identity = null)
    {
        var plane = new FakeControlPlane(identity ?? ProxyConfig.DefaultControlPlaneIdentity);
        await plane.StartAsync();
        return plane;
    }

    public ProxyConfig Config() => new()
    {
        ControlPlane = new Uri(Url),
        TrustAnchorsFile = AnchorsFile,
        TokenFile = TokenFile,
        LogLevel = Tulle.Proxy.Configuration.LogLevel.Debug,
    };

    public async Task StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(this);
        using var key = KeyPair.Create();
        var issuer = new CertificateIssuer(Authority, TimeProvider.System, _random);
        var certificate = issuer.Issue(key, _identity, ["localhost"], [IPAddress.Loopback]).WithKey(key);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, _port, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.UseHttps(certificate);
        }));
        _app = builder.Build();
        _app.MapGrpcService<DiscoveryService>();
        _app.MapGrpcService<AuthorityService>();
        _app.MapGrpcService<InsightService>();
        await _app.StartAsync();
    }

    /// <summary>Cuts every connection and closes the port.</summary>
    public async Task StopAsync()
    {
        if (_app is null) return;
        using var atOnce = new CancellationTokenSource(TimeSpan.Zero);
        await _app.StopAsync(atOnce.Token);
        await _app.DisposeAsync();
        _app = null;
    }

    public Task<DiscoveryStream> NextStreamAsync() => Streams.Reader.ReadAsync().AsTask().WaitAsync(Testing.Eventually.Patience);

    public Task<InsightStream> NextInsightStreamAsync() => InsightStreams.Reader.ReadAsync().AsTask().WaitAsync(Testing.Eventually.Patience);

    public CertifyResponse Issue(CertifyRequest request, SpiffeId id)
    {
        var issuer = new CertificateIssuer(Authority, TimeProvider.System, _random);
        if (!issuer.TryIssue(request.Csr.Span, id, CertificateLifetime, out IssuedCertificate? issued, out string? error))
            throw new RpcException(new Status(StatusCode.InvalidArgument, error));
        var response = new CertifyResponse { NotAfterUnix = issued.NotAfter.ToUnixTimeSeconds() };
        response.Chain.AddRange(issued.Chain.Select(c => ByteString.CopyFrom(c)));
        response.AnchorsPem.AddRange(Tulle.Identity.TrustBundle.Of(Authority).ToPems());
        return response;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Authority.Dispose();
        _random.Dispose();
        _folder.Dispose();
    }

    private void Admit(ServerCallContext context)
    {
        string authorization = context.RequestHeaders.GetValue("authorization") ?? "";
        Authorizations.Enqueue(authorization);
        if (authorization != "Bearer secret-token") throw new RpcException(new Status(StatusCode.Unauthenticated, "the token is not known"));
    }

    private sealed class DiscoveryService(FakeControlPlane plane) : Protocol.Discovery.DiscoveryBase
    {
        public override async Task Stream(
            IAsyncStreamReader<DiscoveryRequest> requestStream, IServerStreamWriter<DiscoveryResponse> responseStream, ServerCallContext context)
        {
            plane.Admit(context);
            var stream = new DiscoveryStream();
            plane.Streams.Writer.TryWrite(stream);
            Task send = Task.Run(async () =>
            {
                await foreach (DiscoveryResponse response in stream.ToSend.Reader.ReadAllAsync(context.CancellationToken))
                    await responseStream.WriteAsync(response);
            });
            try
            {
                while (await requestStream.MoveNext(context.CancellationToken)) stream.Received.Writer.TryWrite(requestStream.Current);
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException)
            {
                // The proxy or the test ended it.
            }
            finally
            {
                stream.Ended.TrySetResult();
            }
        }
    }

    private sealed class AuthorityService(FakeControlPlane plane) : CertificateAuthority.CertificateAuthorityBase
    {
        public override Task<CertifyResponse> Certify(CertifyRequest request, ServerCallContext context)
        {
            plane.Admit(context);
            Interlocked.Increment(ref plane.Certified);
            return Task.FromResult(plane.Certify?.Invoke(request) ?? plane.Issue(request, WorkloadId));
        }
    }

    private sealed class InsightService(FakeControlPlane plane) : Insight.InsightBase
    {
        public override async Task Report(
            IAsyncStreamReader<ProxyReport> requestStream, IServerStreamWriter<ProxyCommand> responseStream, ServerCallContext context)
        {
            plane.Admit(context);
            var stream = new InsightStream();
            await context.WriteResponseHeadersAsync([]);
            plane.InsightStreams.Writer.TryWrite(stream);
            Task send = Task.Run(async () =>
            {
                await foreach (ProxyCommand command in stream.ToSend.Reader.ReadAllAsync(context.CancellationToken))
                    await responseStream.WriteAsync(command);
            });
            try
            {
                while (await requestStream.MoveNext(context.CancellationToken)) stream.Received.Writer.TryWrite(requestStream.Current);
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException)
            {
                // The proxy or the test ended it.
            }
            finally
            {
                stream.Ended.TrySetResult();
            }
        }
    }
}
