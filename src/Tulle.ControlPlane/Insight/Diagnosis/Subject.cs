using Tulle.ControlPlane.Compilation;
using Tulle.ControlPlane.Distribution;
using Tulle.ControlPlane.Insight.Configuration;
using Tulle.ControlPlane.Insight.Effective;
using Tulle.ControlPlane.Insight.Endpoints;
using Tulle.ControlPlane.Insight.History;
using Tulle.ControlPlane.Registry;
using Tulle.Model.Resources;
using Tulle.Protocol;
using Service = Tulle.Model.Resources.Service;

namespace Tulle.ControlPlane.Insight.Diagnosis;

/// <summary>A service under examination, or a workload that no service leads to: what the control plane knows of it at one moment. Not thread-safe.</summary>
internal sealed class Subject
{
    /// <summary>Seconds that tell whether what failed in the window goes on; sidecars report at least as often.</summary>
    private const int LatelySeconds = 10;

    private readonly RecordedTraffic _traffic;
    private readonly HashSet<string> _explained = new(StringComparer.Ordinal);

    public Subject(CompiledView view, Service service, IReadOnlyList<WorkloadPod> pods, RecordedTraffic traffic, HealthStore health, IReadOnlyList<SessionReport> sessions, ConfigurationList configuration, DateTimeOffset now, int windowSeconds, string? workload = null)
    {
        _traffic = traffic;
        View = view;
        Service = service;
        Health = health;
        Now = now;
        WindowSeconds = windowSeconds;
        Key = new ObjectKey(service.Meta.Namespace, service.Meta.Name);
        Name = $"{(workload is null ? "service" : "deployment")} {Key}";
        Pods =
        [
            .. Snapshot.Pods.Values.Where(pod => pod.Meta.Namespace == Key.Namespace && pod.Phase is not ("Succeeded" or "Failed")
                    && (workload is null ? service.Selector.Count > 0 && MtlsModes.Selects(service.Selector, pod.Meta.Labels) : pod.Workload == workload))
                .OrderBy(pod => pod.Meta.Name, StringComparer.Ordinal),
        ];
        Endpoints = new EndpointJoin(Snapshot, pods, health, now.ToUnixTimeMilliseconds()).Of(service);
        Sessions = sessions.GroupBy(session => new ProxyId(session.Namespace, session.Pod)).ToDictionary(group => group.Key, group => group.Last());
        var names = Pods.Select(pod => pod.Meta.Name).ToHashSet(StringComparer.Ordinal);
        Servers = [.. pods.Where(pod => pod.Namespace == Key.Namespace && names.Contains(pod.Name))];
        AllPods = pods;
        var received = new Dictionary<WorkloadPod, TrafficTotals>();
        traffic.AddTo(Servers, (pod, series) => IsReceived(series) ? TotalsOf(received, pod) : null, windowSeconds);
        traffic.AddTo(Servers, (_, series) => IsReceived(series) ? Received : null, windowSeconds);
        ReceivedBy = [.. received.Where(server => server.Value.Requests > 0).Select(server => (server.Key, server.Value))];
        var clients = new Dictionary<WorkloadPod, TrafficTotals>();
        traffic.AddTo(pods, (pod, series) => IsSent(series) ? TotalsOf(clients, pod) : null, windowSeconds);
        traffic.AddTo(pods, (_, series) => IsSent(series) ? Sent : null, windowSeconds);
        Clients = [.. clients.Where(client => client.Value.Requests > 0 || client.Value.Errors.All.Any()).Select(client => (client.Key, client.Value))];
        traffic.AddTo(Servers, (_, series) => IsReceived(series) ? ReceivedLately : null, LatelySeconds);
        Upstreams = Upstream.Of(Servers, pods, traffic, windowSeconds);
        Warnings = [.. ClientNamespaces.SelectMany(client => EffectiveReport.Findings(Snapshot, Key, service, Client.In(client), configuration)).Distinct()];
    }

    public CompiledView View { get; }

    public MeshSnapshot Snapshot => View.Snapshot;

    public Service Service { get; }

    public ObjectKey Key { get; }

    /// <summary>How messages call it.</summary>
    public string Name { get; }

    public DateTimeOffset Now { get; }

    public long NowUnixMs => Now.ToUnixTimeMilliseconds();

    /// <summary>How far back traffic is looked at.</summary>
    public int WindowSeconds { get; }

    /// <summary>The window in words, after "in the last".</summary>
    public string Window => WindowSeconds == 60 ? "minute" : WindowSeconds % 60 == 0 ? $"{WindowSeconds / 60} minutes" : $"{WindowSeconds} s";

    /// <summary>Pods that its selector finds.</summary>
    public IReadOnlyList<Pod> Pods { get; }

    /// <summary>The same, as metrics see them.</summary>
    public IReadOnlyList<WorkloadPod> Servers { get; }

    public IReadOnlyList<WorkloadPod> AllPods { get; }

    public EndpointList Endpoints { get; }

    public HealthStore Health { get; }

    public IReadOnlyDictionary<ProxyId, SessionReport> Sessions { get; }

    /// <summary>What clients' proxies sent to it, or could not send.</summary>
    public TrafficTotals Sent { get; } = new();

    /// <summary>What its own proxies received.</summary>
    public TrafficTotals Received { get; } = new();

    /// <summary>The same of the last ten seconds.</summary>
    public TrafficTotals ReceivedLately { get; } = new();

    /// <summary>The same by pod.</summary>
    public IReadOnlyList<(WorkloadPod Pod, TrafficTotals Traffic)> ReceivedBy { get; }

    /// <summary>Pods of the mesh that sent it something.</summary>
    public IReadOnlyList<(WorkloadPod Pod, TrafficTotals Traffic)> Clients { get; }

    /// <summary>Services that its own pods called, and what came of it.</summary>
    public IReadOnlyList<Upstream> Upstreams { get; }

    /// <summary>Whichever side saw more.</summary>
    public TrafficTotals Seen => Sent.Requests >= Received.Requests ? Sent : Received;

    /// <summary>What the analysis says of the objects that decide about its requests.</summary>
    public IReadOnlyList<EffectiveWarning> Warnings { get; }

    /// <summary>Where its clients are; at least its own namespace.</summary>
    public IEnumerable<string> ClientNamespaces => Clients.Select(client => client.Pod.Namespace).Append(Key.Namespace).Distinct(StringComparer.Ordinal);

    /// <summary>What a client of a namespace is told of one of its ports.</summary>
    public Protocol.Destination DestinationOf(string clientNamespace, int port) =>
        View.Destination(clientNamespace, "", $"{Key.Name}.{Key.Namespace}:{port}");

    /// <summary>What it received in the hour before the window; empty without a history.</summary>
    public TrafficTotals HourBefore => _traffic.Steps(
        Servers, (_, series) => IsReceived(series), Now.ToUnixTimeSeconds() - WindowSeconds - 3_600, 3_600, 1)[0];

    /// <summary>What the pods of another service called.</summary>
    public IReadOnlyList<Upstream> UpstreamsOf(ObjectKey service) =>
        Upstream.Of([.. AllPods.Where(pod => pod.Namespace == service.Namespace && pod.Services.Contains(service.Name))], AllPods, _traffic, WindowSeconds);

    /// <summary>Mesh errors of these reasons, which the caller explains; they are not told again as errors.</summary>
    public ulong Explain(TrafficTotals side, params ReadOnlySpan<string> reasons)
    {
        ulong count = 0;
        foreach (string reason in reasons)
        {
            count += side.Errors.CountOf(reason);
            _explained.Add(reason);
        }
        return count;
    }

    public bool IsExplained(string reason) => _explained.Contains(reason);

    private bool IsSent(SeriesId series) =>
        series.Direction == Direction.Outbound && series.ServiceName == Key.Name && series.ServiceNamespace == Key.Namespace;

    private bool IsReceived(SeriesId series) => series.Direction == Direction.Inbound && series.ServiceName == Key.Name;

    private static TrafficTotals TotalsOf<TKey>(Dictionary<TKey, TrafficTotals> all, TKey key) where TKey : notnull
    {
        if (!all.TryGetValue(key, out TrafficTotals? totals)) all[key] = totals = new TrafficTotals();
        return totals;
    }
}
