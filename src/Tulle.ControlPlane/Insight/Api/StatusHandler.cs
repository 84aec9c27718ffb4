using System.Text.Json;
using Tulle.ControlPlane.Compilation;
using Tulle.ControlPlane.Dashboard.Api;
using Tulle.ControlPlane.Dashboard;
using Tulle.ControlPlane.Distribution;
using Tulle.ControlPlane.Hosting;
using Tulle.ControlPlane.Insight.Operation;
using Tulle.ControlPlane.Registry;

namespace Tulle.ControlPlane.Insight.Api;

/// <summary><c>status</c>: the control plane itself.</summary>
internal sealed class StatusHandler(
    StartTime started, DiscoverySessions sessions, ProxyConnections connections, IWorkloads workloads, MeshViews views, MeshRegistry registry,
    DashboardActivity dashboard, ControlPlaneLimits limits, TimeProvider clock) : IInsightHandler
{
    public string Name => "status";

    public Task AnswerAsync(InsightRequest request)
    {
        var proxies = ProxyCounts.Of(sessions.Report());
        return JsonAnswer.WriteAsync(request.Context, json =>
        {
            json.WriteString("version", SessionHandler.Version);
            json.WriteString("started", started.At);
            json.WriteNumber("uptimeSeconds", (long)(clock.GetUtcNow() - started.At).TotalSeconds);
            json.WriteStartObject("memory");
            json.WriteNumber("residentBytes", Environment.WorkingSet);
            json.WriteNumber("heapBytes", GC.GetTotalMemory(forceFullCollection: false));
            json.WriteEndObject();
            json.WriteNumber("cpuSeconds", Math.Round(Environment.CpuUsage.TotalTime.TotalSeconds, 2));
            WriteProxies(json, proxies);
            WriteObjects(json);
            WriteWatches(json);
            WriteDashboard(json);
            WriteLimits(json);
        });
    }

    private void WriteProxies(Utf8JsonWriter json, ProxyCounts proxies)
    {
        json.WriteStartObject("proxies");
        json.WriteNumber("meshed", workloads.Pods.Count(pod => pod.Meshed));
        json.WriteNumber("connected", proxies.Connected);
        json.WriteNumber("inSync", proxies.InSync);
        json.WriteNumber("reporting", connections.Count);
        json.WriteNumber("refused", proxies.Refused);
        json.WriteStartArray("versions");
        foreach ((string version, int count) in proxies.Versions)
        {
            json.WriteStartObject();
            json.WriteString("version", version);
            json.WriteNumber("proxies", count);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WriteObjects(Utf8JsonWriter json)
    {
        MeshSnapshot snapshot = (views.Current as CompiledView)?.Snapshot ?? new MeshSnapshot();
        json.WriteStartObject("objects");
        json.WriteNumber("services", snapshot.Services.Count);
        json.WriteNumber("pods", snapshot.Pods.Count);
        json.WriteNumber("configuration", registry.Configuration.All.Count(item => item.Kind.Group.Length > 0));
        json.WriteEndObject();
    }

    private void WriteWatches(Utf8JsonWriter json)
    {
        json.WriteStartArray("watches");
        foreach (WatchReport watch in registry.Watches)
        {
            json.WriteStartObject();
            json.WriteString("resource", watch.Resource);
            json.WriteBoolean("synced", watch.IsSynced);
            if (watch.Changed is { } changed) json.WriteString("changed", changed);
            else json.WriteNull("changed");
            json.WriteNumber("failures", watch.Failures);
            json.WriteString("error", watch.Error);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private void WriteDashboard(Utf8JsonWriter json)
    {
        if (!dashboard.IsServed)
        {
            json.WriteNull("dashboard");
            return;
        }
        json.WriteStartObject("dashboard");
        json.WriteNumber("streams", dashboard.Streams.Used);
        json.WriteNumber("questions", dashboard.Questions);
        json.WriteNumber("evaluations", dashboard.Evaluations);
        json.WriteEndObject();
    }

    private void WriteLimits(Utf8JsonWriter json)
    {
        json.WriteStartArray("limits");
        foreach (LimitUse limit in limits.All())
        {
            json.WriteStartObject();
            json.WriteString("name", limit.Name);
            json.WriteNumber("limit", limit.Limit);
            json.WriteNumber("used", limit.Used);
            json.WriteNumber("hit", limit.Hit);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
