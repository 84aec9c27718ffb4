using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tulle.ControlPlane.Admission;
using Tulle.ControlPlane.Authority;
using Tulle.ControlPlane.Compilation;
using Tulle.ControlPlane.Dashboard;
using Tulle.ControlPlane.Distribution;
using Tulle.ControlPlane.Events;
using Tulle.ControlPlane.Insight;
using Tulle.ControlPlane.Insight.Api;
using Tulle.ControlPlane.Insight.Configuration;
using Tulle.ControlPlane.Insight.Endpoints;
using Tulle.ControlPlane.Insight.History;
using Tulle.ControlPlane.Insight.Prometheus;
using Tulle.ControlPlane.Insight.Operation;
using Tulle.ControlPlane.Insight.Traces;
using Tulle.ControlPlane.Monitoring;
using Tulle.ControlPlane.Registry;
using Tulle.Kubernetes;
using Tulle.Kubernetes.Events;

namespace Tulle.ControlPlane.Hosting;

/// <summary>What a control plane is made of, each one once.</summary>
internal static class ControlPlaneParts
{
    public static void Add(IServiceCollection services, ControlPlaneOptions options)
    {
        services.AddSingleton<ControlPlaneCounters>();
        services.AddSingleton(provider => new ControlPlaneMetricsPage(
            provider.GetRequiredService<ControlPlaneCounters>(), provider.GetRequiredService<DiscoverySessions>(), provider.GetRequiredService<ProxyConnections>(),
            provider.GetRequiredService<MeshViews>(), provider.GetRequiredService<MeshIssuer>(), provider.GetRequiredService<TapRelay>(),
            provider.GetRequiredService<TraceParts>(), provider.GetService<HistoryStore>(), provider.GetRequiredService<EventUse>(), ControlPlaneVersion.Text, options.Clock));
        services.AddSingleton<TokenReviewer>();
        services.AddSingleton<CallerAuthentication>();
        services.AddSingleton<MeshViews>();
        services.AddSingleton<ViewPublisher>();
        services.AddSingleton<DiscoverySessions>();
        services.AddSingleton<IWorkloads, SnapshotWorkloads>();
        services.AddSingleton<ProxyConnections>();
        services.AddSingleton<ReportPacer>();
        services.AddSingleton<TrafficStore>();
        services.AddSingleton<HealthStore>();
        if (options.HistoryPath is { } path)
        {
            services.AddSingleton(provider => HistoryStore.Open(path, options.Clock, provider.GetRequiredService<ILogger<HistoryStore>>()));
        }
        services.AddSingleton(provider => new HistoryRecorder(provider.GetRequiredService<IWorkloads>(), provider.GetService<HistoryStore>()));
        if (options.Prometheus is { } prometheus)
        {
            services.AddSingleton(new PrometheusClient(prometheus));
            services.AddSingleton<PrometheusTraffic>();
        }
        services.AddSingleton(provider => new RecordedTraffic(
            provider.GetRequiredService<TrafficStore>(), provider.GetService<HistoryStore>(), options.Clock, provider.GetService<PrometheusTraffic>(),
            provider.GetRequiredService<ReportPacer>()));
        TraceServices.Add(services, options);
        services.AddSingleton<TapRelay>();
        AddInsightApi(services);
        services.AddSingleton(provider => new EventRecorder(provider.GetRequiredService<KubernetesClient>(), "tulle-control-plane", options.Clock));
        services.AddSingleton(provider => new EventUse(provider.GetRequiredService<EventRecorder>(), options.Events));
        services.AddSingleton<MeshEvents>();
        services.AddSingleton<SnapshotAnalyses>();
        services.AddSingleton<SnapshotReviewer>();
        services.AddSingleton(provider => provider.GetRequiredService<MeshRegistry>().Configuration);
        services.AddSingleton<ConfigurationList>();
        services.AddSingleton(new StartTime(options.Clock.GetUtcNow()));
        services.AddSingleton(new DashboardActivity(options.Dashboard));
        services.AddSingleton(provider => new ControlPlaneLimits(
            provider.GetService<HistoryStore>(), provider.GetRequiredService<TraceStore>(), provider.GetRequiredService<TapRelay>(),
            provider.GetRequiredService<DiscoverySessions>(), provider.GetRequiredService<ControlPlaneCounters>(), provider.GetRequiredService<DashboardActivity>(), provider.GetRequiredService<EventUse>()));
        services.AddSingleton(provider => new MeshRegistry(
            provider.GetRequiredService<KubernetesClient>(), new MeshSettings { TrustDomain = options.TrustDomain, TraceSamplingPpm = options.TraceSamplingPpm },
            provider.GetRequiredService<ViewPublisher>().Publish, options.Clock, options.Random, provider.GetRequiredService<ILogger<MeshRegistry>>()));
        services.AddSingleton<DiscoveryService>();
        services.AddSingleton<CertificateAuthorityService>();
        services.AddSingleton<InsightService>();
    }

    private static void AddInsightApi(IServiceCollection services)
    {
        services.AddSingleton<InsightApi>();
        services.AddSingleton<IInsightHandler, StatHandler>();
        services.AddSingleton<IInsightHandler, EdgesHandler>();
        services.AddSingleton<IInsightHandler, CallsHandler>();
        services.AddSingleton<IInsightHandler, RoutesHandler>();
        services.AddSingleton<IInsightHandler>(provider => new HistoryHandler(
            provider.GetRequiredService<IWorkloads>(), provider.GetRequiredService<RecordedTraffic>(), provider.GetService<HistoryStore>(),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IInsightHandler, TapHandler>();
        services.AddSingleton<IInsightHandler, ProxiesHandler>();
        services.AddSingleton<IInsightHandler, EffectiveHandler>();
        services.AddSingleton<IInsightHandler, ConfigurationHandler>();
        services.AddSingleton<IInsightHandler, IdentitiesHandler>();
        services.AddSingleton<IInsightHandler, StatusHandler>();
        services.AddSingleton<IInsightHandler, EndpointsHandler>();
        services.AddSingleton<IInsightHandler, DiagnoseHandler>();
    }
}
