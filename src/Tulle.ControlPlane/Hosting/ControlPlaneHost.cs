using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tulle.ControlPlane.Admission;
using Tulle.ControlPlane.Authority;
using Tulle.ControlPlane.Dashboard;
using Tulle.ControlPlane.Distribution;
using Tulle.ControlPlane.Insight.Api;
using Tulle.ControlPlane.Insight.Traces;
using Tulle.ControlPlane.Monitoring;
using Tulle.ControlPlane.Registry;
using Tulle.Identity;
using Tulle.Kubernetes;
using Tulle.Kubernetes.Events;
using Tulle.Model.Admission;

namespace Tulle.ControlPlane.Hosting;

/// <summary>A running control plane: proxies reach it over gRPC, its reviewer and its insight API are called in-process.</summary>
public sealed class ControlPlaneHost : IAsyncDisposable
{
    /// <summary>How long open calls may take to end when it stops. Streams are ended at once; this is for certificates in the making.</summary>
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(3);

    private readonly WebApplication _server;
    private readonly KubernetesClient _kubernetes;
    private readonly Lifetime _lifetime;
    private readonly Task _work;
    private readonly DashboardServer? _dashboard;
    private readonly MetricsListener? _metrics;
    private readonly TraceServices _traces;
    private readonly TimeProvider _clock;

    private ControlPlaneHost(
        WebApplication server, DashboardServer? dashboard, MetricsListener? metrics, TraceServices traces, KubernetesClient kubernetes,
        Lifetime lifetime, Task work, TimeProvider clock)
    {
        (_server, _dashboard, _metrics, _traces) = (server, dashboard, metrics, traces);
        (_kubernetes, _lifetime, _work, _clock) = (kubernetes, lifetime, work, clock);
        string address = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Url = new Uri(address);
        Views = server.Services.GetRequiredService<MeshViews>();
        Reviewer = server.Services.GetRequiredService<SnapshotReviewer>();
        Insight = server.Services.GetRequiredService<InsightApi>().HandleAsync;
    }

    /// <summary>Where proxies connect: <c>https://address:port</c>.</summary>
    public Uri Url { get; }

    /// <summary>Opens the dashboard: <c>http://address:port/?token=…</c>, a secret; null when there is none.</summary>
    public Uri? Dashboard => _dashboard?.Link;

    /// <summary>Where its metrics are: <c>http://address:port</c>; null nowhere.</summary>
    public Uri? Metrics => _metrics?.Url;

    /// <summary>Where applications send their own spans, over gRPC and over HTTP; null: nowhere.</summary>
    public (Uri Grpc, Uri Http)? OtlpReceiver => _traces.Receiver is { } receiver ? (receiver.Grpc, receiver.Http) : null;

    /// <summary>What it knows of the mesh now, for tests that wait until it has heard of something.</summary>
    internal MeshViews Views { get; }

    /// <summary>Checks objects against the others of the mesh, for the API server to ask before it writes.</summary>
    public IResourceReviewer Reviewer { get; }

    /// <summary>Answers requests for <c>/apis/insight.tulle.dev</c>, for the API server to pass on.</summary>
    public RequestDelegate Insight { get; }

    /// <summary>
    /// Starts a control plane. Completes when it has seen the whole mesh once and proxies can connect. Afterwards it
    /// survives restarts of the API server by itself.
    /// </summary>
    /// <exception cref="ApiUnreachableException">The API server does not answer.</exception>
    /// <exception cref="ApiStatusException">The API server refuses something it needs.</exception>
    /// <exception cref="InvalidOperationException">The mesh's issuer cannot be used; the message says why.</exception>
    public static async Task<ControlPlaneHost> StartAsync(ControlPlaneOptions options, CancellationToken cancellation = default)
    {
        var kubernetes = new KubernetesClient(options.Kubernetes with { UserAgent = "tulle-control-plane" }, options.Clock);
        var lifetime = new Lifetime();
        WebApplication? server = null;
        try
        {
            MeshIssuer issuer = await LoadIssuerAsync(options, kubernetes, cancellation).ConfigureAwait(false);
            server = ControlPlaneServer.Build(options, kubernetes, issuer, lifetime);
            Task work = Task.WhenAll(
                server.Services.GetRequiredService<MeshRegistry>().RunAsync(lifetime.Stopping),
                server.Services.GetRequiredService<EventRecorder>().RunAsync(lifetime.Stopping),
                new HeapUpkeep(options.Clock).RunAsync(lifetime.Stopping));
            await server.Services.GetRequiredService<MeshViews>().First.WaitAsync(cancellation).ConfigureAwait(false);
            await server.StartAsync(cancellation).ConfigureAwait(false);
            DashboardServer? dashboard = options.Dashboard is { } page
                ? await DashboardServer.StartAsync(page, server.Services, cancellation).ConfigureAwait(false)
                : null;
            MetricsListener? metrics = options.Metrics is { } endPoint
                ? await MetricsListener.StartAsync(endPoint, server.Services.GetRequiredService<ControlPlaneMetricsPage>(), cancellation).ConfigureAwait(false)
                : null;
            TraceServices traces = await TraceServices.StartAsync(options, server.Services, cancellation).ConfigureAwait(false);
            return new ControlPlaneHost(server, dashboard, metrics, traces, kubernetes, lifetime, work, options.Clock);
        }
        catch
        {
            lifetime.Stop();
            if (server is not null) await server.DisposeAsync().ConfigureAwait(false);
            kubernetes.Dispose();
            throw;
        }
    }

    /// <summary>Ends every stream, so that proxies turn to their last good state at once, and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _lifetime.Stop();
        using (var deadline = new CancellationTokenSource(StopTimeout, _clock))
        {
            if (_dashboard is not null) await _dashboard.StopAsync(deadline.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _server.StopAsync(deadline.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await _traces.DisposeAsync().ConfigureAwait(false);
        await _work.ConfigureAwait(false);
        if (_metrics is not null) await _metrics.DisposeAsync().ConfigureAwait(false);
        if (_dashboard is not null) await _dashboard.DisposeAsync().ConfigureAwait(false);
        await _server.DisposeAsync().ConfigureAwait(false);
        _kubernetes.Dispose();
        _lifetime.Dispose();
    }

    private static async Task<MeshIssuer> LoadIssuerAsync(ControlPlaneOptions options, KubernetesClient kubernetes, CancellationToken cancellation)
    {
        var random = RandomNumberGenerator.Create();
        var store = new IssuerStore(kubernetes, options.TrustDomain, options.Clock, random, options.Logging.CreateLogger<IssuerStore>());
        CertificateAuthorityMaterial authority = await store.LoadOrCreateAsync(cancellation).ConfigureAwait(false);
        return new MeshIssuer(
            options.TrustDomain, new CertificateIssuer(authority, options.Clock, random), TrustBundle.Of(authority).ToPems(), authority.NotAfter, options.CertificateLifetime);
    }
}
