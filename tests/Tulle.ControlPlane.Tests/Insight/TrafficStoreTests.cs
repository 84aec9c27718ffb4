using Tulle.ControlPlane.Insight;
using Tulle.ControlPlane.Tests.Hosting;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Tests.Insight;

public sealed class TrafficStoreTests
{
    private static readonly ProxyId Proxy = new("default", "users-0");

    private static readonly WorkloadPod Pod = new("default", "users-0", "deployment/users", "", "", []);

    private readonly StepClock _clock = new();
    private readonly TrafficStore _store;

    public TrafficStoreTests() => _store = new TrafficStore(_clock);

    [Fact]
    public void Sum_Window_CountsWhatFellIntoIt()
    {
        for (int second = 0; second < 120; second++)
        {
            Add(requests: 2);
            _clock.Now += TimeSpan.FromSeconds(1);
        }
        _clock.Now -= TimeSpan.FromSeconds(1);
        Assert.Equal(60ul, Sum(30).Requests);
        Assert.Equal(2, Sum(30).RequestsPerSecond, 3);
        Assert.Equal(240ul, Sum(SeriesHistory.MaxAge).Requests);
    }

    [Fact]
    public void Sum_YoungProxy_DividesByItsAge()
    {
        Add(requests: 10);
        _clock.Now += TimeSpan.FromSeconds(1);
        Add(requests: 10);
        Assert.Equal(10, Sum(30).RequestsPerSecond, 3);
    }

    /// <summary>Whatever the pace, steady traffic has the same rate at every moment.</summary>
    [Theory]
    [InlineData(2, 30)]
    [InlineData(5, 30)]
    [InlineData(10, 30)]
    [InlineData(10, 10)]
    [InlineData(10, 5)]
    public void Sum_SeldomReports_RateIsThatOfTheTimeTheyTook(int period, int window)
    {
        for (int second = 1; second <= 120; second++)
        {
            _clock.Now += TimeSpan.FromSeconds(1);
            if (second % period == 0) Add(requests: 7 * (ulong)period, seconds: (uint)period);
            if (second > window + period && (window >= period || second % period == 0)) Assert.Equal(7, Sum(window).RequestsPerSecond, 3);
        }
    }

    [Fact]
    public void Sum_PaceThatChanges_KeepsRateAndCount()
    {
        for (int second = 1; second <= 60; second++)
        {
            _clock.Now += TimeSpan.FromSeconds(1);
            if (second <= 40 && second % 10 == 0) Add(requests: 50, seconds: 10);
            if (second == 43) Add(requests: 15, seconds: 3);
            if (second > 43) Add(requests: 5);
            if (second >= 40) Assert.Equal(5, Sum(30).RequestsPerSecond, 3);
        }
        Assert.Equal(300ul, Sum(SeriesHistory.MaxAge).Requests);
    }

    [Fact]
    public void Sum_ProxyThatFellSilent_BecomesSlower()
    {
        for (int second = 0; second < 60; second += 10)
        {
            Add(requests: 100, seconds: 10);
            _clock.Now += TimeSpan.FromSeconds(10);
        }
        Assert.Equal(20ul * 10, Sum(30).Requests);
        Assert.Equal(200.0 / 30, Sum(30).RequestsPerSecond, 3);
    }

    [Fact]
    public void Sum_OlderThanTenMinutes_IsForgotten()
    {
        Add(requests: 5);
        _clock.Now += TimeSpan.FromSeconds(SeriesHistory.MaxAge + 61);
        Add(requests: 1);
        Assert.Equal(1ul, Sum(SeriesHistory.MaxAge).Requests);
    }

    [Fact]
    public void Sum_CoarseSteps_KeepTheHistogram()
    {
        for (int i = 0; i < 100; i++)
        {
            Add(requests: 1, micros: (i + 1) * 1_000);
            _clock.Now += TimeSpan.FromSeconds(1);
        }
        TrafficTotals totals = Sum(SeriesHistory.MaxAge);
        Assert.Equal(100ul, totals.Requests);
        Assert.InRange(totals.LatencyMs(0.5), 47, 54);
        Assert.InRange(totals.LatencyMs(0.99), 93, 106);
    }

    [Fact]
    public void Add_TooManySeries_SharesOverflowAndLosesNothing()
    {
        for (int i = 0; i < ProxyTraffic.MaxSeries + 100; i++) Add(requests: 1, route: $"route-{i}");
        Assert.Equal((ulong)ProxyTraffic.MaxSeries + 100, Sum(30).Requests);
        TrafficTotals overflow = _store.Sum([Pod], series => series.ServiceName == "overflow", 30);
        Assert.Equal(100ul, overflow.Requests);
    }

    [Fact]
    public void Disconnected_Proxy_HasNoOpenConnections()
    {
        Add(requests: 1);
        Assert.Equal(2, Sum(30).OpenConnections);
        _store.Disconnected(Proxy);
        Assert.Equal(0, Sum(30).OpenConnections);
        Assert.Equal(1ul, Sum(30).Requests);
    }

    [Fact]
    public void Add_BucketsBeyondTheHistogram_AreIgnored()
    {
        var delta = new TrafficDelta { Requests = 1, Indices = { 100_000, 3 }, Counts = { 1 } };
        _store.Add(Proxy, new TrafficReport { Deltas = { delta } });
        Assert.Equal(1ul, Sum(30).Requests);
    }

    private void Add(ulong requests, long micros = 1000, string route = "", uint seconds = 1) => _store.Add(Proxy, new TrafficReport
    {
        Seconds = seconds,
        Deltas =
        {
            new TrafficDelta
            {
                Direction = Direction.Inbound, Requests = requests, Successes = requests, Route = route, OpenConnections = 2,
                Indices = { (uint)LatencyBuckets.IndexOf(micros) }, Counts = { requests },
            },
        },
    });

    private TrafficTotals Sum(int window) => _store.Sum([Pod], _ => true, window);
}
