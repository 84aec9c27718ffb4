using Tulle.Model.Resources;

namespace Tulle.ControlPlane.Registry;

/// <summary>Makes snapshots from what the stores hold; indexes of kinds that did not change are taken over.</summary>
internal static class SnapshotBuilder
{
    public static MeshSnapshot WithServices(MeshSnapshot snapshot, IEnumerable<Service> services)
    {
        var byKey = new Dictionary<ObjectKey, Service>();
        var byAddress = new Dictionary<string, Service>(StringComparer.Ordinal);
        foreach (Service service in services)
        {
            byKey[KeyOf(service.Meta)] = service;
            foreach (string address in service.ClusterIPs)
            {
                if (address != "None") byAddress[address] = service;
            }
        }
        bool byNode = byKey.Values.Any(service => service.Distribution == TrafficDistribution.PreferSameNode);
        return With(snapshot, PodViews.Services, byNode) with { Services = byKey, ServicesByAddress = byAddress };
    }

    public static MeshSnapshot WithSlices(MeshSnapshot snapshot, IEnumerable<EndpointSlice> slices) =>
        snapshot with { Slices = Group(slices, slice => new ObjectKey(slice.Meta.Namespace, slice.Service), slice => slice.Meta) };

    public static MeshSnapshot WithPods(MeshSnapshot snapshot, IEnumerable<Pod> pods)
    {
        var byKey = new Dictionary<ObjectKey, Pod>();
        var byAddress = new Dictionary<string, Pod>(StringComparer.Ordinal);
        foreach (Pod pod in pods)
        {
            byKey[KeyOf(pod.Meta)] = pod;
            if (pod is { IP: { } address, HostNetwork: false, Phase: not ("Succeeded" or "Failed") }) byAddress[address] = pod;
        }
        return snapshot with { Pods = byKey, PodsByAddress = byAddress };
    }

    public static MeshSnapshot WithVirtualServices(MeshSnapshot snapshot, IEnumerable<VirtualService> rules)
    {
        VirtualService[] all = [.. rules];
        Array.Sort(all, static (a, b) => ObjectMeta.CompareAge(a.Meta, b.Meta));
        VirtualService[] sorted = [.. all.Where(rule => rule.AppliesToMesh)];
        bool labels = sorted.Any(rule => rule.Http.Any(http => http.Matches.Any(match => match.SourceLabels.Count > 0))
            || rule.Tls.Concat(rule.Tcp).Any(connection => connection.Matches.Any(match => match.SourceLabels.Count > 0)));
        return With(snapshot, PodViews.Routes, labels) with { VirtualServices = sorted, GatewayVirtualServices = [.. all.Where(rule => !rule.AppliesToMesh)] };
    }

    public static MeshSnapshot WithDestinationRules(MeshSnapshot snapshot, IEnumerable<DestinationRule> rules)
    {
        Dictionary<string, IReadOnlyList<DestinationRule>> groups = Group(rules, rule => rule.Meta.Namespace, rule => rule.Meta);
        bool perPod = groups.Values.SelectMany(group => group).Any(rule => rule.ClientSelector is not null || Policies(rule).Any(RanksByLabels));
        return With(snapshot, PodViews.Rules, perPod) with { DestinationRules = groups };
    }

    public static MeshSnapshot WithTrafficSplits(MeshSnapshot snapshot, IEnumerable<TrafficSplit> splits) =>
        snapshot with { TrafficSplits = Group(splits, split => split.Meta.Namespace, split => split.Meta) };

    public static MeshSnapshot WithServiceProfiles(MeshSnapshot snapshot, IEnumerable<ServiceProfile> profiles) =>
        snapshot with { ServiceProfiles = profiles.ToDictionary(profile => KeyOf(profile.Meta)) };

    public static MeshSnapshot WithPeerAuthentications(MeshSnapshot snapshot, IEnumerable<PeerAuthentication> policies) =>
        snapshot with { PeerAuthentications = Group(policies, policy => policy.Meta.Namespace, policy => policy.Meta) };

    public static MeshSnapshot WithNodes(MeshSnapshot snapshot, IEnumerable<MeshNode> nodes)
    {
        Dictionary<string, MeshNode> byName = nodes.ToDictionary(node => node.Meta.Name, StringComparer.Ordinal);
        var regions = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (Locality locality in byName.OrderBy(node => node.Key, StringComparer.Ordinal).Select(node => node.Value.Locality))
        {
            if (locality.Zone.Length > 0) regions.TryAdd(locality.Zone, locality.Region);
        }
        return snapshot with { Nodes = byName, Regions = regions };
    }

    public static MeshSnapshot WithNamespaces(MeshSnapshot snapshot, IEnumerable<Namespace> namespaces) =>
        snapshot with { Namespaces = namespaces.ToDictionary(item => item.Meta.Name, StringComparer.Ordinal) };

    public static MeshSnapshot WithTelemetries(MeshSnapshot snapshot, IEnumerable<Telemetry> telemetries)
    {
        Dictionary<string, IReadOnlyList<Telemetry>> groups = Group(telemetries, telemetry => telemetry.Meta.Namespace, telemetry => telemetry.Meta);
        bool perPod = groups.Values.SelectMany(group => group).Any(telemetry => telemetry.Selector is not null);
        return With(snapshot, PodViews.Telemetry, perPod) with { Telemetries = groups };
    }

    public static MeshSnapshot WithServers(MeshSnapshot snapshot, IEnumerable<PolicyServer> servers) =>
        snapshot with { Servers = Group(servers, server => server.Meta.Namespace, server => server.Meta) };

    public static MeshSnapshot WithRateLimits(MeshSnapshot snapshot, IEnumerable<RateLimitPolicy> policies) =>
        snapshot with { RateLimits = Group(policies, policy => policy.Meta.Namespace, policy => policy.Meta) };

    private static MeshSnapshot With(MeshSnapshot snapshot, PodViews views, bool used) =>
        snapshot with { PodViews = used ? snapshot.PodViews | views : snapshot.PodViews & ~views };

    private static IEnumerable<TrafficPolicy> Policies(DestinationRule rule) => rule.Subsets.Select(subset => subset.Policy).Append(rule.Policy)
        .OfType<TrafficPolicy>().SelectMany(policy => policy.Ports.Values.Append(policy));

    private static bool RanksByLabels(TrafficPolicy policy) => policy.LoadBalancer?.Locality?.FailoverPriority.Count > 0;

    private static ObjectKey KeyOf(ObjectMeta meta) => new(meta.Namespace, meta.Name);

    private static Dictionary<TKey, IReadOnlyList<T>> Group<TKey, T>(IEnumerable<T> items, Func<T, TKey> key, Func<T, ObjectMeta> meta)
        where TKey : notnull
    {
        var groups = new Dictionary<TKey, IReadOnlyList<T>>();
        foreach (IGrouping<TKey, T> group in items.GroupBy(key))
        {
            T[] sorted = [.. group];
            Array.Sort(sorted, (a, b) => ObjectMeta.CompareAge(meta(a), meta(b)));
            groups[group.Key] = sorted;
        }
        return groups;
    }
}
