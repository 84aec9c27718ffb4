using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tulle.ControlPlane.Authority;
using Tulle.ControlPlane.Dashboard.Access;
using Tulle.ControlPlane.Dashboard.Api;
using Tulle.ControlPlane.Dashboard.Files;
using Tulle.ControlPlane.Dashboard.Streaming;
using Tulle.ControlPlane.Distribution;
using Tulle.ControlPlane.Hosting;
using Tulle.ControlPlane.Insight;
using Tulle.ControlPlane.Insight.Api;
using Tulle.Kubernetes;

namespace Tulle.ControlPlane.Dashboard;

/// <summary>
/// The dashboard's listener: a server of its own, so that nothing of it can be reached where proxies connect, and nothing of theirs
/// from a browser.
/// </summary>
internal sealed class DashboardServer : IAsyncDisposable
{
    private static readonly TimeSpan HeadTimeout = TimeSpan.FromSeconds(10);

    private readonly WebApplication _server;

    private DashboardServer(WebApplication server, string token)
    {
        _server = server;
        Url = new Uri(server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        Link = new Uri(Url, $"/?token={token}");
    }

    /// <summary>Where it listens: <c>http://address:port</c>.</summary>
    public Uri Url { get; }

    /// <summary>Where it opens for whoever has the link. A secret.</summary>
    public Uri Link { get; }

    /// <param name="options">How to serve it.</param>
    /// <param name="parts">What it shows: the parts of the running control plane.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ArgumentException">The address is none of loopback's.</exception>
    /// <exception cref="IOException">The address is in use.</exception>
    public static async Task<DashboardServer> StartAsync(DashboardOptions options, IServiceProvider parts, CancellationToken cancellation)
    {
        if (!IPAddress.IsLoopback(options.Listen.Address))
            throw new ArgumentException($"the dashboard speaks plain HTTP and so listens on loopback only, not on {options.Listen.Address}", nameof(options));
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(parts.GetRequiredService<ILoggerFactory>());
        builder.Services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        BoundedCount connections = parts.GetRequiredService<DashboardActivity>().Connections;
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, options, connections));
        WebApplication server = builder.Build();
        DashboardPipeline? pipeline = null;
        server.Run(context => (pipeline ??= Pipeline(options, parts, context.Connection.LocalPort)).InvokeAsync(context));
        await server.StartAsync(cancellation).ConfigureAwait(false);
        return new DashboardServer(server, options.Token);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>Lets requests end; streams end by themselves when the control plane stops.</summary>
    public Task StopAsync(CancellationToken deadline) => _server.StopAsync(deadline);

    private static DashboardPipeline Pipeline(DashboardOptions options, IServiceProvider parts, int port)
    {
        var clock = parts.GetRequiredService<TimeProvider>();
        var insight = parts.GetRequiredService<InsightApi>();
        CancellationToken stopping = parts.GetRequiredService<Lifetime>().Stopping;
        var activity = parts.GetRequiredService<DashboardActivity>();
        var live = new LiveQuestions(insight, parts.GetRequiredService<ReportPacer>(), options.Limits, activity, clock, stopping);
        return new DashboardPipeline(
            new Session(new DashboardToken(options.Token), port),
            new StaticFileHandler(options.Files),
            new SessionHandler(options, parts.GetRequiredService<MeshViews>(), parts.GetRequiredService<MeshIssuer>()),
            new InsightHandler(insight, stopping),
            new KubernetesHandler(parts.GetRequiredService<KubernetesClient>(), clock),
            new StreamHandler(live, insight, options.Limits, activity, clock, stopping));
    }

    private static void Configure(KestrelServerOptions kestrel, DashboardOptions options, BoundedCount connections)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = options.Limits.BodyBytes;
        kestrel.Limits.MaxRequestLineSize = options.Limits.RequestLineBytes;
        kestrel.Limits.RequestHeadersTimeout = HeadTimeout;
        // Browsers speak HTTP/2 over TLS only.
        kestrel.Listen(options.Listen, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            // Kestrel has such a limit too, but nobody could see that it was hit.
            listen.Use(next => connection => ServeAsync(next, connection, connections));
        });
    }

    private static async Task ServeAsync(ConnectionDelegate next, ConnectionContext connection, BoundedCount connections)
    {
        if (!connections.TryEnter())
        {
            connection.Abort();
            return;
        }
        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            connections.Leave();
        }
    }
}
