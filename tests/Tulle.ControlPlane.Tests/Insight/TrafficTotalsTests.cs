using Tulle.ControlPlane.Insight;

namespace Tulle.ControlPlane.Tests.Insight;

public sealed class TrafficTotalsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(0.5)]
    public void Add_ShareOfRequestsOverMtlsThatFailedInTheMesh_IsSecuredAsAllOfThem(double share)
    {
        var secured = new TrafficTotals();
        secured.AddCounters(100, 40, 0, 60, 0, 0, tls: true);
        var sum = new TrafficTotals();
        sum.Add(secured, share);
        Assert.Equal(1, sum.Mtls);

        // As many in plaintext, and as many that went to no server.
        sum.Add(Plaintext(100, meshErrors: 0), share);
        sum.Add(Plaintext(100, meshErrors: 100), share);
        Assert.Equal(0.5, sum.Mtls);
        Assert.Equal((ulong)(300 * share), sum.Requests);
    }

    private static TrafficTotals Plaintext(ulong requests, ulong meshErrors)
    {
        var totals = new TrafficTotals();
        totals.AddCounters(requests, requests - meshErrors, 0, meshErrors, 0, 0, tls: false);
        return totals;
    }
}
