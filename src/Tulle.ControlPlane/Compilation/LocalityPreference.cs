using Tulle.Model.Resources;

namespace Tulle.ControlPlane.Compilation;

/// <summary>
/// Which endpoints a client prefers by where they are, as priorities and weights. The first of these that says something
/// decides: <c>localityLbSetting</c> of a DestinationRule, <c>trafficDistribution</c> of the Service, Tulle's own rule.
/// </summary>
internal static class LocalityPreference
{
    /// <summary>
    /// Tulle's own rule keeps clients in their zone only if every zone has its fair share of the endpoints, within 20 %: with
    /// as many clients in each zone, no endpoint then gets more than 1.2 times the traffic it gets without preference. It is
    /// the overload that Kubernetes' topology aware routing allows. For all zones or none: were only some of them kept, their
    /// endpoints would also serve the clients of the others.
    /// </summary>
    public const double MaxOverload = 1.2;

    /// <summary>Resolution of weights: fine enough for localities of different sizes, and 100 % of it still is a weight that proxies take (65,535).</summary>
    private const int WeightScale = 600;

    /// <summary>Ranks the endpoints in place; those that get no traffic at all are left out of what it returns.</summary>
    public static IReadOnlyList<EndpointCandidate> Apply(
        IReadOnlyList<EndpointCandidate> endpoints, Client client, TrafficPolicy policy, TrafficDistribution distribution)
    {
        LocalitySettings? settings = policy.LoadBalancer?.Locality;
        if (settings?.Enabled == false) return endpoints;
        if (settings?.Distribute.FirstOrDefault(share => Specificity(share.From, client.Locality) >= 0) is { } shares) return Distribute(endpoints, shares);
        // Istio fails over only where failures are looked for.
        if (settings is not null && policy.OutlierDetection is not null)
        {
            Rank(endpoints, settings.FailoverPriority.Count > 0
                ? endpoint => LabelRank(settings.FailoverPriority, client, endpoint)
                : endpoint => FailoverRank(settings.Failover, client.Locality, endpoint.Locality));
        }
        else if (distribution != TrafficDistribution.Any)
        {
            bool byNode = distribution == TrafficDistribution.PreferSameNode;
            Rank(endpoints, endpoint =>
                byNode && client.Node.Length > 0 && endpoint.Node == client.Node ? 0 : SameZone(client.Locality, endpoint.Locality) ? 1 : 2);
        }
        else if (client.Locality.Zone.Length > 0 && SharesAreFair(endpoints))
        {
            Rank(endpoints, endpoint => SameZone(client.Locality, endpoint.Locality) ? 0 : SameRegion(client.Locality, endpoint.Locality) ? 1 : 2);
        }
        return endpoints;
    }

    private static bool SharesAreFair(IReadOnlyList<EndpointCandidate> endpoints)
    {
        if (endpoints.Any(endpoint => endpoint.Locality.Zone.Length == 0)) return false;
        int[] zones = [.. endpoints.CountBy(endpoint => (endpoint.Locality.Region, endpoint.Locality.Zone)).Select(zone => zone.Value)];
        return zones.Length > 0 && zones.Min() * zones.Length * MaxOverload >= endpoints.Count;
    }

    private static bool SameZone(Locality a, Locality b) =>
        a.Zone.Length > 0 && a.Zone == b.Zone && (a.Region == b.Region || a.Region.Length == 0 || b.Region.Length == 0);

    private static bool SameRegion(Locality a, Locality b) => a.Region.Length > 0 && a.Region == b.Region;

    /// <summary>Istio's order (istio.md §1.6): sub-zone, zone, region, the region that takes over, the rest.</summary>
    private static int FailoverRank(IReadOnlyList<KeyValuePair<string, string>> failover, Locality client, Locality endpoint)
    {
        if (SameZone(client, endpoint)) return client.SubZone == endpoint.SubZone ? 0 : 1;
        if (SameRegion(client, endpoint)) return 2;
        string? substitute = failover.FirstOrDefault(pair => pair.Key == client.Region).Value;
        return substitute is null || substitute == endpoint.Region ? 3 : 4;
    }

    /// <summary>How many labels, from the first that differs, the endpoint does not share with the client.</summary>
    private static int LabelRank(IReadOnlyList<string> priority, Client client, EndpointCandidate endpoint)
    {
        for (int i = 0; i < priority.Count; i++)
        {
            int equals = priority[i].IndexOf('=');
            string key = equals < 0 ? priority[i] : priority[i][..equals];
            string? wanted = equals < 0 ? Label(key, client.Labels, client.Locality, client.Node) : priority[i][(equals + 1)..];
            if (wanted != Label(key, endpoint.Labels, endpoint.Locality, endpoint.Node)) return priority.Count - i;
        }
        return 0;
    }

    private static string? Label(string key, IReadOnlyDictionary<string, string> labels, Locality locality, string node)
    {
        string? known = key switch
        {
            Locality.RegionLabel => locality.Region,
            Locality.ZoneLabel => locality.Zone,
            Locality.SubZoneLabel => locality.SubZone,
            "kubernetes.io/hostname" => node,
            _ => null,
        };
        return known is { Length: > 0 } ? known : labels.GetValueOrDefault(key);
    }

    /// <summary>Sets priorities without gaps: a proxy fails over from one to the next.</summary>
    private static void Rank(IReadOnlyList<EndpointCandidate> endpoints, Func<EndpointCandidate, int> rank)
    {
        int[] ranks = [.. endpoints.Select(rank)];
        List<int> used = [.. ranks.Distinct().Order()];
        for (int i = 0; i < ranks.Length; i++) endpoints[i].Message.Priority = (uint)used.IndexOf(ranks[i]);
    }

    private static List<EndpointCandidate> Distribute(IReadOnlyList<EndpointCandidate> endpoints, LocalityShare shares)
    {
        ILookup<string?, EndpointCandidate> byShare = endpoints.ToLookup(endpoint => shares.To.Keys
            .Where(pattern => Specificity(pattern, endpoint.Locality) >= 0)
            .OrderByDescending(pattern => Specificity(pattern, endpoint.Locality)).ThenBy(pattern => pattern, StringComparer.Ordinal).FirstOrDefault());
        var kept = new List<EndpointCandidate>();
        foreach ((string pattern, int percent) in shares.To)
        {
            EndpointCandidate[] members = [.. byShare[pattern]];
            if (percent == 0 || members.Length == 0) continue;
            foreach (EndpointCandidate member in members) member.Message.Weight = (uint)Math.Max(1, percent * WeightScale / members.Length);
            kept.AddRange(members);
        }
        return [.. endpoints.Where(kept.Contains)];
    }

    /// <summary>How many levels of <c>region/zone/subzone</c> a pattern fixes; -1 when it does not match. What is not written matches all.</summary>
    private static int Specificity(string pattern, Locality locality)
    {
        string[] levels = pattern.Split('/');
        string[] actual = [locality.Region, locality.Zone, locality.SubZone];
        int specificity = 0;
        for (int i = 0; i < Math.Min(levels.Length, actual.Length); i++)
        {
            if (levels[i] == "*") continue;
            if (levels[i] != actual[i]) return -1;
            specificity++;
        }
        return specificity;
    }
}
