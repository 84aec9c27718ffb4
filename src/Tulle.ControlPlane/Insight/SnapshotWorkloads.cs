using Tulle.ControlPlane.Compilation;
using Tulle.ControlPlane.Distribution;
using Tulle.ControlPlane.Registry;
using Tulle.Model.Resources;

namespace Tulle.ControlPlane.Insight;

/// <summary>The workloads of the newest snapshot. Thread-safe.</summary>
internal sealed class SnapshotWorkloads(MeshViews views) : IWorkloads
{
    private volatile Listing _listing = new(null, [], []);

    public IReadOnlyList<WorkloadPod> Pods => Current().Pods;

    public IReadOnlyList<(string Namespace, string Name)> Services => Current().Services;

    private Listing Current()
    {
        var view = views.Current as CompiledView;
        Listing listing = _listing;
        if (view is null || ReferenceEquals(listing.Snapshot, view.Snapshot)) return listing;
        return _listing = List(view.Snapshot);
    }

    private static Listing List(MeshSnapshot snapshot)
    {
        ILookup<string, Service> services = snapshot.Services.Values.ToLookup(service => service.Meta.Namespace);
        WorkloadPod[] pods = [.. snapshot.Pods.Values.Where(pod => pod.Phase is not ("Succeeded" or "Failed")).Select(pod => new WorkloadPod(
            pod.Meta.Namespace, pod.Meta.Name, pod.Workload, pod.IP ?? "", pod.IsMeshed ? Identities.Of(snapshot.Settings, pod) : "",
            [.. services[pod.Meta.Namespace].Where(service => service.Selector.Count > 0 && MtlsModes.Selects(service.Selector, pod.Meta.Labels))
                .Select(service => service.Meta.Name)]))];
        return new Listing(snapshot, pods, [.. snapshot.Services.Keys.Select(key => (key.Namespace, key.Name))]);
    }

    private sealed record Listing(
        MeshSnapshot? Snapshot, IReadOnlyList<WorkloadPod> Pods, IReadOnlyList<(string Namespace, string Name)> Services);
}
