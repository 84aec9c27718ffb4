using Tulle.ControlPlane.Insight;
using Tulle.ControlPlane.Tests.Hosting;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Tests.Insight;

public sealed class CallReportTests
{
    private readonly TrafficStore _traffic = new(new StepClock());

    /// <summary>Of two namespaces, each with the same names.</summary>
    private readonly WorkloadPod[] _pods = [.. from space in (string[])["shop", "other"] from name in (string[])["web", "pricing", "currency"]
        select new WorkloadPod(space, $"{name}-0", $"deployment/{name}", "", $"spiffe://cluster.local/ns/{space}/sa/{name}", [name])];

    [Fact]
    public void Calls_PartThatReachesNoServer_CountsForTheCaller()
    {
        Send("shop", "pricing", "", requests: 300, successes: 0);
        Send("shop", "pricing", "currency", requests: 100, successes: 100);
        Send("shop", "web", "currency", requests: 50, successes: 50);
        CallRow call = Assert.Single(Failing());
        Assert.Equal(new Call("shop", "deployment/pricing", "", "shop", "currency"), call.Call);
        Assert.Equal((400ul, 0.25), (call.Traffic.Requests, call.Traffic.Success));
        Assert.Equal([HealthState.Failing, HealthState.Healthy], All().Select(row => row.Health!.Value));
    }

    [Fact]
    public void Calls_MostFailuresFirst_AndOneOfFewIsNoVerdict()
    {
        Send("shop", "pricing", "currency", requests: 20, successes: 10);
        Send("shop", "web", "currency", requests: 200, successes: 100);
        Send("other", "web", "currency", requests: 20, successes: 19);
        Assert.Equal([("shop", "deployment/web"), ("shop", "deployment/pricing")], Failing().Select(row => (row.Call.SourceNamespace, row.Call.SourceWorkload)));
    }

    /// <summary>The same names in another namespace are another call.</summary>
    [Fact]
    public void Calls_OfWorkloadsWithTheSameName_AreApart()
    {
        Send("shop", "web", "currency", requests: 100, successes: 0);
        Send("other", "web", "currency", requests: 100, successes: 100);
        Assert.Equal([("shop", 0.0), ("other", 1.0)], All().Select(row => (row.Call.SourceNamespace, row.Traffic.Success!.Value)));
    }

    [Fact]
    public void Calls_OfAStranger_AreCountedWhereTheyArrive()
    {
        Add("shop", "currency", new TrafficDelta { Direction = Direction.Inbound, PeerIdentity = "spiffe://elsewhere/x", Service = Service("shop"), Requests = 60, Failures = 60 });
        // Its sender has counted it.
        Add("shop", "currency", new TrafficDelta { Direction = Direction.Inbound, PeerIdentity = "spiffe://cluster.local/ns/shop/sa/web", Service = Service("shop"), Requests = 60, Failures = 60 });
        Assert.Equal(new Call("", "", "spiffe://elsewhere/x", "shop", "currency"), Assert.Single(Failing()).Call);
    }

    private IReadOnlyList<CallRow> All() => CallReport.Of(new TrafficQuery(null, null, 30, null, null), null, _pods, _traffic);

    private IReadOnlyList<CallRow> Failing() => CallReport.Of(new TrafficQuery(null, null, 30, null, null), HealthState.Failing, _pods, _traffic);

    private void Send(string space, string from, string to, ulong requests, ulong successes) => Add(space, from, new TrafficDelta
    {
        Direction = Direction.Outbound, PeerWorkload = to.Length == 0 ? "" : $"deployment/{to}", Service = Service(space), Tls = true,
        Requests = requests, Successes = successes, MeshErrors = requests - successes,
    });

    private void Add(string space, string workload, TrafficDelta delta) => _traffic.Add(new ProxyId(space, $"{workload}-0"), new TrafficReport { Seconds = 1, Deltas = { delta } });

    private static ServiceReference Service(string space) => new() { Namespace = space, Name = "currency", Port = 80 };
}
