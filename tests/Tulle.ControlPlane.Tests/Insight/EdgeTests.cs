using Tulle.ControlPlane.Insight;
using Tulle.ControlPlane.Tests.Hosting;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Tests.Insight;

public sealed class EdgeTests
{
    private const string Web = "spiffe://cluster.local/ns/default/sa/web";
    private const string Users = "spiffe://cluster.local/ns/default/sa/users";

    private static readonly WorkloadPod[] Pods =
    [
        new("default", "web-0", "deployment/web", "127.64.0.2", Web, ["web"]),
        new("default", "users-0", "deployment/users", "127.64.0.3", Users, ["users"]),
        new("default", "users-1", "deployment/users", "127.64.0.4", Users, ["users"]),
        new("shop", "till-0", "deployment/till", "127.64.0.5", "spiffe://cluster.local/ns/shop/sa/till", ["till"]),
    ];

    private readonly TrafficStore _store = new(new StepClock());

    public EdgeTests()
    {
        // Both ends count the seven requests; three come from outside the mesh; two found no server.
        Add(0, Outbound("default", "users", "deployment/users", requests: 7, route: "GET /users"));
        Add(0, Outbound("default", "users", "", requests: 2, route: "GET /users", failed: true));
        Add(1, Inbound(Web, requests: 4), Inbound("", requests: 3));
        Add(2, Inbound(Web, requests: 3));
        Add(3, Outbound("default", "users", "deployment/users", requests: 5, route: "VirtualService/default/users#0"));
    }

    [Fact]
    public void Edges_BothEndsReport_EachRequestCountsOnce()
    {
        IReadOnlyList<EdgeRow> rows = EdgeReport.Of(new TrafficQuery(null, null, 30, null, null), Pods, _store);
        Assert.Equal(
            [("", "deployment/users", 3ul), ("deployment/web", "", 2ul), ("deployment/web", "deployment/users", 7ul), ("deployment/till", "deployment/users", 5ul)],
            rows.Select(row => (row.Edge.SourceWorkload, row.Edge.Workload, row.Traffic.Requests)));
        EdgeRow web = rows[2];
        Assert.Equal((Web, Users, 1.0), (web.Edge.ClientIdentity, web.ServerIdentity, web.Traffic.Mtls));
        Assert.Equal(0, rows[0].Traffic.Mtls);
        Assert.Equal(0, rows[1].Traffic.Success);
        Assert.Null(rows[1].Traffic.Mtls);
    }

    [Fact]
    public void Edges_PlaintextThatTheMeshSent_CountsOnce()
    {
        // A workload under DISABLE: neither end proves anything.
        var store = new TrafficStore(new StepClock());
        TrafficDelta sent = Outbound("default", "users", "deployment/users", requests: 6);
        sent.PeerIdentity = "";
        sent.Tls = false;
        store.Add(Pods[0].Proxy, new TrafficReport { Deltas = { sent } });
        store.Add(Pods[1].Proxy, new TrafficReport { Deltas = { Inbound("", requests: 6) } });
        EdgeRow row = Assert.Single(EdgeReport.Of(new TrafficQuery(null, null, 30, null, null), Pods, store));
        Assert.Equal(("deployment/web", "deployment/users", 6ul), (row.Edge.SourceWorkload, row.Edge.Workload, row.Traffic.Requests));

        // A stranger besides.
        store.Add(Pods[1].Proxy, new TrafficReport { Deltas = { Inbound("", requests: 3) } });
        Assert.Equal(
            [("", 3ul), ("deployment/web", 6ul)],
            EdgeReport.Of(new TrafficQuery(null, null, 30, null, null), Pods, store).Select(edge => (edge.Edge.SourceWorkload, edge.Traffic.Requests)));
        RouteRow route = Assert.Single(RouteReport.Of(new TrafficQuery(null, null, 30, null, null), Pods, store));
        Assert.Equal((9ul, 9ul, 1.0), (route.Traffic.Requests, route.Traffic.Successes, route.Traffic.Success));
        Assert.InRange(route.Traffic.LatencyMs(0.5), 1.75, 2.25);
        Assert.InRange(route.Traffic.LatencyMs(0.3), 0.9, 1.1);
    }

    [Fact]
    public void Edges_PlaintextToAWorkloadOfTwoServices_CountsOnceWhateverItsProxyCallsIt()
    {
        var store = new TrafficStore(new StepClock());
        TrafficDelta sent = Outbound("default", "users-v1", "deployment/users", requests: 6);
        sent.PeerIdentity = "";
        sent.Tls = false;
        store.Add(Pods[0].Proxy, new TrafficReport { Deltas = { sent } });
        store.Add(Pods[1].Proxy, new TrafficReport { Deltas = { Inbound("", requests: 9) } });
        Assert.Equal(
            [("", "users", 3ul), ("deployment/web", "users-v1", 6ul)],
            EdgeReport.Of(new TrafficQuery(null, null, 30, null, null), Pods, store).Select(edge => (edge.Edge.SourceWorkload, edge.Edge.Service, edge.Traffic.Requests)));
    }

    [Theory]
    [InlineData("shop", null, null, null, 5)]
    [InlineData("default", null, null, null, 17)]
    [InlineData("default", "deploy/web", null, null, 9)]
    [InlineData("default", "svc/users", null, null, 17)]
    [InlineData("default", null, "deploy/users", null, 15)]
    [InlineData("default", null, null, "deploy/web", 9)]
    [InlineData("default", null, "deploy/users", "deploy/web", 7)]
    [InlineData("default", "deploy/till", null, null, 0)]
    public void Edges_Filter_LeavesOutTheOthers(string @namespace, string? target, string? to, string? from, ulong requests)
    {
        var query = new TrafficQuery(Parse(target, @namespace), @namespace, 30, Parse(to, @namespace), Parse(from, @namespace));
        Assert.Equal(requests, EdgeReport.Of(query, Pods, _store).Aggregate(0ul, (sum, row) => sum + row.Traffic.Requests));
    }

    [Fact]
    public void Routes_NamedAndNot_EachRequestCountsOnce()
    {
        IReadOnlyList<RouteRow> rows = RouteReport.Of(new TrafficQuery(null, "default", 30, null, null), Pods, _store);
        Assert.Equal(
            [("GET /users", 9ul), ("VirtualService/default/users#0", 5ul), ("", 3ul)], rows.Select(row => (row.Id.Route, row.Traffic.Requests)));
        Assert.Equal(7.0 / 9, rows[0].Traffic.Success);
    }

    [Theory]
    [InlineData("svc/users", null, null, 17)]
    [InlineData("deploy/users", null, null, 15)]
    [InlineData("svc/users", null, "deploy/web", 9)]
    [InlineData("deploy/web", "svc/users", null, 9)]
    [InlineData("deploy/web", null, null, 0)]
    public void Routes_Filter_LeavesOutTheOthers(string target, string? to, string? from, ulong requests)
    {
        var query = new TrafficQuery(Parse(target, "default"), "default", 30, Parse(to, "default"), Parse(from, "default"));
        Assert.Equal(requests, RouteReport.Of(query, Pods, _store).Aggregate(0ul, (sum, row) => sum + row.Traffic.Requests));
    }

    [Fact]
    public void Edges_OnlyConnections_AreSecuredOrNot()
    {
        var store = new TrafficStore(new StepClock());
        TrafficDelta delta = Outbound("default", "db", "deployment/users", requests: 0);
        delta.OpenConnections = 4;
        delta.BytesSent = 100;
        store.Add(Pods[0].Proxy, new TrafficReport { Deltas = { delta } });
        EdgeRow row = Assert.Single(EdgeReport.Of(new TrafficQuery(null, null, 30, null, null), Pods, store));
        Assert.Equal((4L, 1.0, 100ul, null), (row.Traffic.OpenConnections, row.Traffic.Mtls, row.Traffic.BytesSent, row.Traffic.Success));
    }

    private static Selection? Parse(string? text, string @namespace) => text is null ? null : Selection.Parse(text, @namespace);

    private void Add(int pod, params TrafficDelta[] deltas) => _store.Add(Pods[pod].Proxy, new TrafficReport { Deltas = { deltas } });

    private static TrafficDelta Inbound(string peer, ulong requests) => new()
    {
        Direction = Direction.Inbound,
        PeerIdentity = peer,
        Service = new ServiceReference { Namespace = "default", Name = "users", Port = 80 },
        Tls = peer.Length > 0,
        Requests = requests,
        Successes = requests,
        Indices = { (uint)LatencyBuckets.IndexOf(1_000) },
        Counts = { requests },
    };

    private static TrafficDelta Outbound(string @namespace, string service, string workload, ulong requests, string route = "", bool failed = false) => new()
    {
        Direction = Direction.Outbound,
        PeerIdentity = workload.Length > 0 ? Users : "",
        PeerWorkload = workload,
        Service = new ServiceReference { Namespace = @namespace, Name = service, Port = 80 },
        Backend = $"{service}.{@namespace}:80",
        Route = route,
        Tls = workload.Length > 0,
        Requests = requests,
        Successes = failed ? 0 : requests,
        MeshErrors = failed ? requests : 0,
        Indices = { (uint)LatencyBuckets.IndexOf(2_000) },
        Counts = { requests },
    };
}
