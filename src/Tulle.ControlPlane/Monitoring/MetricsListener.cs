using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Tulle.Metrics;

namespace Tulle.ControlPlane.Monitoring;

/// <summary>Serves <c>GET /metrics</c> over HTTP/1.1, on loopback only: it asks nobody who they are.</summary>
internal sealed class MetricsListener : IAsyncDisposable
{
    private const int MaxConnections = 16;

    private readonly WebApplication _server;

    private MetricsListener(WebApplication server)
    {
        _server = server;
        Url = new Uri(server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    /// <summary>Where it listens: <c>http://address:port</c>.</summary>
    public Uri Url { get; }

    /// <exception cref="ArgumentException">Not a loopback address.</exception>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<MetricsListener> StartAsync(IPEndPoint endPoint, ControlPlaneMetricsPage page, CancellationToken cancellation)
    {
        if (!IPAddress.IsLoopback(endPoint.Address))
            throw new ArgumentException($"The control plane's metrics cannot be on {endPoint.Address}: they are for loopback addresses only.", nameof(endPoint));
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Listen(endPoint, listen => listen.Protocols = HttpProtocols.Http1);
        });
        WebApplication server = builder.Build();
        server.Run(context => AnswerAsync(context, page));
        try
        {
            await server.StartAsync(cancellation).ConfigureAwait(false);
            return new MetricsListener(server);
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static async Task AnswerAsync(HttpContext context, ControlPlaneMetricsPage page)
    {
        HttpResponse response = context.Response;
        bool reads = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
        if (context.Request.Path != "/metrics" || !reads)
        {
            response.StatusCode = reads ? StatusCodes.Status404NotFound : StatusCodes.Status405MethodNotAllowed;
            response.ContentType = "text/plain; charset=utf-8";
            await response.WriteAsync(reads ? "there is nothing here; there is /metrics\n" : "metrics can only be read\n", context.RequestAborted).ConfigureAwait(false);
            return;
        }
        ExpositionFormat format = ExpositionFormats.Negotiate(context.Request.Headers.Accept.ToString());
        ReadOnlyMemory<byte> body = page.Create(format);
        response.ContentType = format.ContentType();
        response.ContentLength = body.Length;
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        if (HttpMethods.IsGet(context.Request.Method)) await response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }
}
