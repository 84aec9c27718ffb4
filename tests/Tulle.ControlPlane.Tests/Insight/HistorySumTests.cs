using Microsoft.Extensions.Logging.Abstractions;
using Tulle.ControlPlane.Insight;
using Tulle.ControlPlane.Insight.History;
using Tulle.ControlPlane.Tests.Hosting;
using Tulle.Protocol;
using Tulle.Testing;

namespace Tulle.ControlPlane.Tests.Insight;

/// <summary>Sums of minutes and hours in place of slots of ten seconds are what these would have summed up to, to the request.</summary>
public sealed class HistorySumTests : IAsyncDisposable
{
    private const int Series = 200;
    private const long Begin = 1_200_000;

    private readonly TemporaryFolder _folder = new();
    private readonly StepClock _clock = new() { Now = DateTimeOffset.FromUnixTimeSeconds(Begin), HasTimers = false };
    private readonly Random _random = new(7);
    private readonly List<(int Series, long Second, ulong Requests, int Micros)> _added = [];
    private HistoryStore _store;

    public HistorySumTests() => _store = Open();

    private long Now => _clock.Now.ToUnixTimeSeconds();

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Sum_OfAnyTimeAndSeries_IsThatOfAllSlots()
    {
        for (int slot = 0; slot < 3 * 360; slot++)
        {
            // Some series are seldom, and for half an hour there are none.
            if (slot is < 400 or > 580)
            {
                for (int i = _random.Next(12); i < Series; i += 1 + _random.Next(60)) Add(i);
            }
            _clock.Now += TimeSpan.FromSeconds(10);
            if (slot % 3 == 2) _store.Flush();
            if (slot is 333 or 777)
            {
                await _store.DisposeAsync();
                _store = Open();
            }
            if (slot % 10 == 0) AssertSums();
        }
        for (int i = 0; i < 200; i++) AssertSums();
    }

    [Fact]
    public void Sum_OfStepsOfAnyLength_IsThatOfAllSlots()
    {
        for (int slot = 0; slot < 3 * 360; slot++)
        {
            for (int i = 0; i < 3; i++) Add(i);
            _clock.Now += TimeSpan.FromSeconds(10);
            _store.Flush();
        }
        foreach (int step in (int[])[10, 30, 60, 90, 600, 3600, 7200])
        {
            long start = Begin - Begin % step;
            TrafficTotals[] steps = [.. Enumerable.Range(0, (int)(Now - start) / step + 1).Select(_ => new TrafficTotals())];
            _store.AddTo(id => id.Series.Route == "r1" ? steps : null, start, start + (long)step * steps.Length, step);
            ulong[] expected = new ulong[steps.Length];
            foreach ((int series, long second, ulong requests, _) in _added)
            {
                if (series == 1) expected[(second - start) / step] += requests;
            }
            Assert.Equal(expected, steps.Select(totals => totals.Requests));
        }
    }

    /// <summary>A clock that was set back makes sums again that were complete.</summary>
    [Fact]
    public void Sum_AfterTheClockWasSetBack_HasAll()
    {
        for (int slot = 0; slot < 500; slot++)
        {
            Add(slot % Series);
            _clock.Now += TimeSpan.FromSeconds(slot == 400 ? -2000 : 10);
            _store.Flush();
        }
        for (int i = 0; i < 50; i++) AssertSums();
    }

    private void AssertSums()
    {
        long from = Begin - 100 + _random.NextInt64(Now - Begin + 100), until = from + 1 + _random.NextInt64(Now - from + 10);
        // One, a few that lie apart, or nearly all.
        (int every, int rest) = _random.Next(4) switch { 0 => (1, 0), 1 => (2, 0), 2 => (67, 0), _ => (Series, _random.Next(Series)) };
        var totals = new TrafficTotals();
        _store.AddTo(id => int.Parse(id.Series.Route[1..]) % every == rest ? [totals] : null, from, until);
        (int Series, long Second, ulong Requests, int Micros)[] expected =
            [.. _added.Where(item => item.Series % every == rest && item.Second >= from && item.Second < until)];
        var naive = new TrafficTotals();
        foreach ((_, _, ulong requests, int micros) in expected)
        {
            naive.AddCounters(requests, requests - 1, 1, 0, requests * 100, requests * 1000, tls: false);
            naive.AddLatency(LatencyBuckets.IndexOf(micros), requests);
        }
        Assert.Equal((naive.Requests, naive.Successes, naive.Failures, naive.BytesReceived, naive.BytesSent), (totals.Requests, totals.Successes, totals.Failures, totals.BytesReceived, totals.BytesSent));
        Assert.Equal((naive.LatencyMs(0.5), naive.LatencyMs(0.99)), (totals.LatencyMs(0.5), totals.LatencyMs(0.99)));
    }

    private void Add(int series)
    {
        ulong requests = (ulong)_random.Next(1, 1000);
        int micros = _random.Next(50, 5_000_000);
        _store.Add("default", "deployment/users", [new TrafficDelta
        {
            Direction = Direction.Inbound, Service = new ServiceReference { Namespace = "default", Name = "users", Port = 80 }, Route = $"r{series}",
            Requests = requests, Successes = requests - 1, Failures = 1, BytesReceived = requests * 100, BytesSent = requests * 1000,
            Indices = { (uint)LatencyBuckets.IndexOf(micros) }, Counts = { requests },
        }]);
        _added.Add((series, Now - Now % 10, requests, micros));
    }

    private HistoryStore Open() => new(_folder.PathOf("history.db"), _clock, NullLogger<HistoryStore>.Instance);
}
