using Tulle.ControlPlane.Registry;
using Tulle.Model.Resources;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Compilation;

/// <summary>
/// Where requests to a service go when no VirtualService routes them: to the backends of its TrafficSplit, else to the
/// overrides of its ServiceProfile, else to itself.
/// </summary>
internal sealed record TrafficShares(string Name, IReadOnlyList<WeightedBackend> Backends)
{
    private const string Default = "default";

    public static TrafficShares Of(MeshSnapshot snapshot, ObjectKey service, ServiceProfile? profile, int requestPort, Backends backends)
    {
        if (Split(snapshot, service) is { } split)
        {
            return new TrafficShares($"TrafficSplit/{split.Meta.Namespace}/{split.Meta.Name}",
                [.. split.Backends.Select(share => Weighted(backends.Add(new ObjectKey(split.Meta.Namespace, share.Service.ToLowerInvariant()), null, requestPort), share.Weight))]);
        }
        if (profile is { Overrides.Count: > 0 })
        {
            return new TrafficShares($"ServiceProfile/{profile.Meta.Namespace}/{profile.Meta.Name}",
                [.. profile.Overrides.Select(share => Weighted(Target(snapshot, profile, share.Authority, backends), share.Weight))]);
        }
        return new TrafficShares(Default, [Weighted(backends.Add(service, requestPort, requestPort), 1)]);
    }

    /// <summary>The route that takes everything.</summary>
    public Route Route()
    {
        var route = new Route { Name = Name };
        route.Backends.AddRange(Backends);
        return route;
    }

    public static WeightedBackend Weighted(string backend, uint weight) => new() { Backend = backend, Weight = weight };

    /// <summary>The oldest split of a service, from the service's own namespace.</summary>
    public static TrafficSplit? Split(MeshSnapshot snapshot, ObjectKey service) =>
        (snapshot.TrafficSplits.GetValueOrDefault(service.Namespace) ?? []).FirstOrDefault(split => Splits(snapshot, split, service));

    /// <summary>Whether a split names a service as the one that it divides.</summary>
    public static bool Splits(MeshSnapshot snapshot, TrafficSplit split, ObjectKey service) =>
        HostNames.Service(split.Service.TrimEnd('.').ToLowerInvariant(), split.Meta.Namespace, snapshot.Settings.ClusterDomain) == service;

    private static string Target(MeshSnapshot snapshot, ServiceProfile profile, string authority, Backends backends)
    {
        if (!RequestAuthority.TryParse(authority, out RequestAuthority target)) return backends.AddUnknown(authority, 0);
        return HostNames.Service(target.Host, profile.Meta.Namespace, snapshot.Settings.ClusterDomain) is { } service
            ? backends.Add(service, target.Port, target.Port)
            : backends.AddUnknown(target.Host, target.Port);
    }
}
