using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Tulle.ControlPlane.Insight.Traces.Otlp;

/// <summary>Listens for applications' spans. A server of its own, so that nothing else of the control plane can be reached in plaintext.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private const int MaxConnections = 1_000;

    private readonly WebApplication _server;

    private OtlpReceiver(WebApplication server)
    {
        _server = server;
        string[] addresses = [.. server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];
        (Grpc, Http) = (new Uri(addresses[0]), new Uri(addresses[1]));
    }

    /// <summary>Where gRPC is spoken.</summary>
    public Uri Grpc { get; }

    /// <summary>Where HTTP/1.1 is spoken.</summary>
    public Uri Http { get; }

    /// <exception cref="ArgumentException">An address is not loopback.</exception>
    /// <exception cref="IOException">An address is in use.</exception>
    public static async Task<OtlpReceiver> StartAsync(OtlpReceiverOptions options, OtlpSpans spans, ILoggerFactory logging, CancellationToken cancellation)
    {
        foreach (IPEndPoint endpoint in (ReadOnlySpan<IPEndPoint>)[options.Grpc, options.Http])
        {
            if (!IPAddress.IsLoopback(endpoint.Address)) throw new ArgumentException($"spans are only taken on loopback addresses, not on {endpoint}", nameof(options));
        }
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(logging);
        builder.Services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        builder.Services.AddSingleton(spans);
        builder.Services.AddSingleton<OtlpTraceService>();
        builder.Services.AddRoutingCore();
        builder.Services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = OtlpHttpHandler.MaxBytes);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.Limits.MaxRequestBodySize = OtlpHttpHandler.MaxBytes;
            kestrel.Listen(options.Grpc, listen => listen.Protocols = HttpProtocols.Http2);
            kestrel.Listen(options.Http, listen => listen.Protocols = HttpProtocols.Http1);
        });
        WebApplication server = builder.Build();
        server.MapGrpcService<OtlpTraceService>();
        server.MapFallback(new OtlpHttpHandler(spans).HandleAsync);
        try
        {
            await server.StartAsync(cancellation).ConfigureAwait(false);
            return new OtlpReceiver(server);
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync().ConfigureAwait(false);
        await _server.StopAsync(now.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _server.DisposeAsync().ConfigureAwait(false);
    }
}
