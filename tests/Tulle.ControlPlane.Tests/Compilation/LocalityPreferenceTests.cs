using CsCheck;
using Tulle.ControlPlane.Compilation;
using Tulle.Model.Resources;
using Endpoint = Tulle.Protocol.Endpoint;

namespace Tulle.ControlPlane.Tests.Compilation;

public sealed class LocalityPreferenceTests
{
    private static readonly Gen<int[]> ZonesOfEndpoints = Gen.Int[0, 3].Array[1, 30];

    [Fact]
    public void Apply_ByDefault_OverloadsNoEndpoint() => ZonesOfEndpoints.Sample(zones =>
    {
        int[] clients = [.. zones.Distinct()];
        double[] load = new double[zones.Length];
        foreach (int client in clients)
        {
            IReadOnlyList<EndpointCandidate> ranked = Apply(zones, client, TrafficPolicy.None);
            int first = ranked.Count(endpoint => endpoint.Message.Priority == 0);
            for (int i = 0; i < ranked.Count; i++)
            {
                if (ranked[i].Message.Priority == 0) load[i] += 1.0 / first;
            }
        }
        double even = (double)clients.Length / zones.Length;
        Assert.All(load, each => Assert.InRange(each, 0, even * LocalityPreference.MaxOverload + 1e-9));
    });

    [Fact]
    public void Apply_AnyRule_LeavesNoGapInPriorities() => Gen.Select(ZonesOfEndpoints, Gen.Int[0, 3], Gen.Bool, Gen.Enum<TrafficDistribution>()).Sample((zones, client, failover, distribution) =>
    {
        var settings = new LocalitySettings(null, [], [], failover ? [Locality.RegionLabel, Locality.ZoneLabel] : []);
        TrafficPolicy policy = TrafficPolicy.None with
        {
            LoadBalancer = new LoadBalancerSettings(SimpleBalancing.Unspecified, null, settings, null),
            OutlierDetection = failover ? new OutlierSettings(5, 0, 0, false, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30), 10, 0, []) : null,
        };
        uint[] priorities = [.. Apply(zones, client, policy, distribution).Select(endpoint => endpoint.Message.Priority).Distinct().Order()];
        Assert.Equal(Enumerable.Range(0, priorities.Length).Select(priority => (uint)priority), priorities);
    });

    [Fact]
    public void Apply_Distribute_SharesAreThoseWritten() => Gen.Select(ZonesOfEndpoints, Gen.Int[1, 99]).Where((zones, _) => zones.Contains(0) && zones.Contains(1)).Sample((zones, percent) =>
    {
        var shares = new LocalityShare("*", new Dictionary<string, int> { ["r0/z0"] = percent, ["r0/z1"] = 100 - percent });
        TrafficPolicy policy = TrafficPolicy.None with { LoadBalancer = new LoadBalancerSettings(SimpleBalancing.Unspecified, null, new LocalitySettings(null, [shares], [], []), null) };
        IReadOnlyList<EndpointCandidate> kept = Apply(zones, 0, policy);
        Assert.Equal(zones.Count(zone => zone <= 1), kept.Count);
        double near = kept.Where(endpoint => endpoint.Locality.Zone == "z0").Sum(endpoint => endpoint.Message.Weight);
        Assert.Equal(percent / 100.0, near / kept.Sum(endpoint => endpoint.Message.Weight), 0.02);
    });

    /// <summary>Two zones in each region.</summary>
    private static Locality LocalityOf(int zone) => new($"r{zone / 2}", $"z{zone}", "");

    private static IReadOnlyList<EndpointCandidate> Apply(int[] zones, int client, TrafficPolicy policy, TrafficDistribution distribution = TrafficDistribution.Any) =>
        LocalityPreference.Apply(
            [.. zones.Select((zone, i) => new EndpointCandidate(new Endpoint { Address = $"10.0.0.{i}" }, LocalityOf(zone), "", new Dictionary<string, string>()))],
            Client.In("default", LocalityOf(client)), policy, distribution);
}
