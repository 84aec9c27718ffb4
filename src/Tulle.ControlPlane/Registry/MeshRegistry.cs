using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Tulle.Kubernetes;
using Tulle.Kubernetes.Watching;
using Tulle.Model.Resources;
using Tulle.Model.Schemas;
using Tulle.Model.Schemas.Mesh;

namespace Tulle.ControlPlane.Registry;

/// <summary>
/// Watches everything that shapes the mesh and hands out snapshots. Bursts (a rollout, an apply of many files) become one
/// snapshot; nothing is handed out before every kind was seen once.
/// </summary>
internal sealed class MeshRegistry
{
    /// <summary>How long a change waits for others. Endpoint changes must be at the proxies within 200 ms, so it is a few milliseconds.</summary>
    public static readonly TimeSpan CoalescingTime = TimeSpan.FromMilliseconds(5);

    private readonly KubernetesClient _kubernetes;
    private readonly TimeProvider _clock;
    private readonly Random _random;
    private readonly ILogger _log;
    private readonly Action<MeshSnapshot> _publish;
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly List<ObjectStore> _stores = [];
    private readonly List<(ResourceKind Kind, ConfigurationStore Handler, WatchProgress Progress)> _watches = [];
    private MeshSnapshot _snapshot;

    /// <param name="kubernetes">Where the objects are.</param>
    /// <param name="settings">Part of every snapshot.</param>
    /// <param name="publish">Takes each new snapshot; called on one thread at a time.</param>
    /// <param name="clock">For the waits.</param>
    /// <param name="random">Spreads retries; used only while watches are set up, on the thread that runs the registry.</param>
    /// <param name="log">Where trouble is said.</param>
    public MeshRegistry(KubernetesClient kubernetes, MeshSettings settings, Action<MeshSnapshot> publish, TimeProvider clock, Random random, ILogger<MeshRegistry> log)
    {
        (_kubernetes, _publish, _clock, _random, _log) = (kubernetes, publish, clock, random, log);
        _snapshot = new MeshSnapshot { Settings = settings };
        Add("", "services", Service.Decode, SnapshotBuilder.WithServices);
        Add("discovery.k8s.io", "endpointslices", EndpointSlice.Decode, SnapshotBuilder.WithSlices);
        Add("", "pods", Pod.Decode, SnapshotBuilder.WithPods);
        Add("networking.istio.io", "virtualservices", VirtualService.Decode, SnapshotBuilder.WithVirtualServices);
        Add("networking.istio.io", "destinationrules", DestinationRule.Decode, SnapshotBuilder.WithDestinationRules);
        Add("split.smi-spec.io", "trafficsplits", TrafficSplit.Decode, SnapshotBuilder.WithTrafficSplits);
        Add("linkerd.io", "serviceprofiles", ServiceProfile.Decode, SnapshotBuilder.WithServiceProfiles);
        Add("security.istio.io", "peerauthentications", PeerAuthentication.Decode, SnapshotBuilder.WithPeerAuthentications);
        Add("", "nodes", MeshNode.Decode, SnapshotBuilder.WithNodes);
        Add("", "namespaces", Namespace.Decode, SnapshotBuilder.WithNamespaces);
        Add("telemetry.istio.io", "telemetries", Telemetry.Decode, SnapshotBuilder.WithTelemetries);
        Add("policy.linkerd.io", "servers", PolicyServer.Decode, SnapshotBuilder.WithServers);
        Add("policy.linkerd.io", "httplocalratelimitpolicies", RateLimitPolicy.Decode, SnapshotBuilder.WithRateLimits);
        // Nothing is compiled of the others yet, but people must see that they are there.
        foreach (ResourceKind kind in MeshKinds.All.Where(kind => _watches.All(watch => watch.Kind != kind))) Watch(kind, null);
    }

    /// <summary>Every object that configures the mesh.</summary>
    public ConfiguredObjects Configuration { get; } = new();

    /// <summary>How the watches go.</summary>
    public IReadOnlyList<WatchReport> Watches => [.. _watches.Select(watch => watch.Progress.Report)];

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        Task watching = Task.WhenAll(_watches.Select(watch => Reflect(watch.Kind, watch.Handler).RunAsync(cancellation)));
        try
        {
            await Task.WhenAll(_stores.Select(store => store.Synced)).WaitAsync(cancellation).ConfigureAwait(false);
            while (true)
            {
                Publish();
                await _changed.Reader.ReadAsync(cancellation).ConfigureAwait(false);
                await Task.Delay(CoalescingTime, _clock, cancellation).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            await watching.ConfigureAwait(false);
        }
    }

    private void Publish()
    {
        foreach (ObjectStore store in _stores) _snapshot = store.ApplyTo(_snapshot);
        try
        {
            _publish(_snapshot);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // The last good view stays in force; the next change tries again.
            _log.PublishFailed(error.ToString());
        }
    }

    private Reflector Reflect(ResourceKind kind, IReflectorHandler handler) =>
        new(_kubernetes, ResourcePath.Of(kind), handler, OtherVersions(kind), _clock, new Random(_random.Next()));

    private static ReflectorOptions OtherVersions(ResourceKind kind) =>
        new() { Fallbacks = [.. kind.Versions.Skip(1).Select(version => ResourcePath.Of(kind, version: version))] };

    private void Add<T>(
        string group, string plural, Func<Model.Documents.MappingNode, T> decode, Func<MeshSnapshot, IEnumerable<T>, MeshSnapshot> index)
    {
        ResourceKind kind = ResourceCatalog.ByPlural(group, plural)
            ?? throw new InvalidOperationException($"the resource catalog lacks {plural}.{group}");
        var store = new ObjectStore<T>(plural, decode, index, () => _changed.Writer.TryWrite(true), _log);
        _stores.Add(store);
        Watch(kind, store);
    }

    private void Watch(ResourceKind kind, IReflectorHandler? store)
    {
        var progress = new WatchProgress(kind.Group.Length == 0 ? kind.Plural : $"{kind.Plural}.{kind.Group}", _clock);
        _watches.Add((kind, new ConfigurationStore(kind, Configuration, progress, store, _log), progress));
    }
}
