using Tulle.ControlPlane.Insight;
using Tulle.ControlPlane.Insight.Prometheus;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Tests.Insight.Prometheus;

public sealed class DeltaTableTests
{
    [Fact]
    public void Add_SeveralNumbersOfASeries_AreOneDelta()
    {
        var table = new DeltaTable();
        PrometheusSeries series = Series("outbound", 10, ("server_id", "spiffe://td/ns/a/sa/b"), ("tls", "true"));
        table.Add([series], (delta, value) => delta.Requests = (ulong)value);
        table.Add([series], (delta, value) => delta.BytesSent = (ulong)value);
        (ProxyId proxy, long second, TrafficDelta found) = Assert.Single(table.All);
        Assert.Equal((new ProxyId("shop", "web-0"), 100), (proxy, second));
        Assert.Equal((Direction.Outbound, 10ul, 10ul, "spiffe://td/ns/a/sa/b", true), (found.Direction, found.Requests, found.BytesSent, found.PeerIdentity, found.Tls));
    }

    [Fact]
    public void Add_SeveralSeconds_AreADeltaEach()
    {
        var table = new DeltaTable();
        PrometheusSeries series = Series("inbound", 1) with { Values = [(100, 1), (110, 2)] };
        table.Add([series], (delta, value) => delta.Requests = (ulong)value);
        Assert.Equal([(100L, 1ul), (110L, 2ul)], table.All.Select(item => (item.Second, item.Delta.Requests)));
    }

    [Fact]
    public void AddLatencies_OfTwoCallers_AreSharedByRequests_AndKeepQuantilesWithinTheirBound()
    {
        var table = new DeltaTable();
        table.Add([Series("inbound", 25, ("client_id", "a")), Series("inbound", 75, ("client_id", "b"))], (delta, value) => delta.Requests = (ulong)value);
        table.AddLatencies([Bucket("0.001024", 0), Bucket("0.00128", 100), Bucket("0.001536", 100), Bucket("+Inf", 100)]);
        Assert.Equal([25ul, 75ul], table.All.Select(item => item.Delta.Requests));
        foreach ((_, _, TrafficDelta delta) in table.All)
        {
            Assert.Equal(delta.Requests, Sum(delta));
            var totals = new TrafficTotals();
            var slot = new TrafficSlot(100);
            slot.Add(delta);
            totals.Add(slot, tls: false);
            Assert.InRange(totals.LatencyMs(0.01), 1.024, 1.28);
            Assert.InRange(totals.LatencyMs(0.99), 1.024, 1.28);
        }
    }

    [Fact]
    public void AddLatencies_OfCallersWithOneRequestEach_NoneIsLostToRounding()
    {
        var table = new DeltaTable();
        table.Add([Series("inbound", 1, ("client_id", "a")), Series("inbound", 1, ("client_id", "b")), Series("inbound", 1, ("client_id", "c"))], (delta, value) => delta.Requests = (ulong)value);
        table.AddLatencies([Bucket("0.001024", 1), Bucket("0.00128", 2), Bucket("0.001536", 3), Bucket("+Inf", 3)]);
        Assert.All(table.All, item => Assert.Equal(1ul, Sum(item.Delta)));
    }

    [Fact]
    public void AddLatencies_BeyondTheLastBound_AreTheLongest()
    {
        var table = new DeltaTable();
        table.Add([Series("inbound", 4)], (delta, value) => delta.Requests = (ulong)value);
        table.AddLatencies([Bucket("6.4e-05", 1), Bucket("33.554432", 1), Bucket("+Inf", 4)]);
        TrafficDelta found = Assert.Single(table.All).Delta;
        Assert.Equal(3ul, found.Counts[found.Indices.IndexOf(LatencyBuckets.Count - 1)]);
        Assert.Equal(4ul, Sum(found));
    }

    [Fact]
    public void AddLatencies_OfAnotherRouteOrSecond_AreNotTaken()
    {
        var table = new DeltaTable();
        table.Add([Series("inbound", 4, ("route", "GET /"))], (delta, value) => delta.Requests = (ulong)value);
        table.AddLatencies([Bucket("+Inf", 4)]);
        table.AddLatencies([Bucket("+Inf", 4, ("route", "GET /")) with { Values = [(101, 4)] }]);
        Assert.Empty(Assert.Single(table.All).Delta.Indices);
    }

    private static ulong Sum(TrafficDelta delta) => delta.Counts.Aggregate(0ul, (sum, count) => sum + count);

    private static PrometheusSeries Series(string direction, double value, params (string Name, string Value)[] labels) => new(
        new Dictionary<string, string>(labels.Select(label => KeyValuePair.Create(label.Name, label.Value)))
        {
            ["direction"] = direction, ["namespace"] = "shop", ["pod"] = "web-0", ["dst_namespace"] = "shop", ["dst_service"] = "users",
        },
        [(100, value)]);

    private static PrometheusSeries Bucket(string bound, double count, params (string Name, string Value)[] labels) => Series("inbound", count, [("le", bound), .. labels]);
}
