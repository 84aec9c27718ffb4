using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;
using Tulle.ControlPlane.Insight;
using Tulle.ControlPlane.Insight.History;
using Tulle.ControlPlane.Tests.Hosting;
using Tulle.Protocol;
using Tulle.Testing;

namespace Tulle.ControlPlane.Tests.Insight;

public sealed class HistoryStoreTests : IAsyncDisposable
{
    private static readonly WorkloadPod Users = new("default", "users-0", "deployment/users", "", "", ["users"]);

    private readonly TemporaryFolder _folder = new();
    private readonly StepClock _clock = new() { Now = DateTimeOffset.FromUnixTimeSeconds(1_200_000) };
    private HistoryStore _store;

    public HistoryStoreTests() => _store = Open();

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public void Window_OfAnyLength_CountsExactly()
    {
        // Two a second for 20 minutes, with the flushes that a timer would make.
        for (int second = 0; second < 1200; second++)
        {
            Add(requests: 2);
            _clock.Now += TimeSpan.FromSeconds(1);
            if (second % 10 == 9) _store.Flush();
        }
        Assert.Equal(2400ul, Sum(3600).Requests);
        Assert.Equal(2400ul, Sum(6 * 86_400).Requests);
        // Slots of ten seconds: the first one of the window may stick out.
        Assert.InRange(Sum(900).Requests, 1780ul, 1820ul);
        Assert.Equal(2.0, Sum(900).RequestsPerSecond, 1);
        // Younger than the window.
        Assert.Equal(2.0, Sum(3600).RequestsPerSecond, 1);
    }

    [Fact]
    public void Steps_HaveTheirOwnNumbers()
    {
        Add(requests: 10, micros: 1_000);
        _clock.Now += TimeSpan.FromSeconds(60);
        Add(requests: 30, micros: 50_000);
        TrafficTotals[] steps = Recorded().Steps([Users], (_, _) => true, 1_200_000, 30, 4);
        Assert.Equal([10ul, 0ul, 30ul, 0ul], steps.Select(step => step.Requests));
        Assert.InRange(steps[0].LatencyMs(0.5), 0.9, 1.1);
        Assert.InRange(steps[2].LatencyMs(0.5), 45, 55);
        Assert.Equal(1, steps[2].RequestsPerSecond);
    }

    /// <summary>A report of ten seconds that ends within a slot belongs to that one and the one before.</summary>
    [Fact]
    public void Steps_OfSeldomReports_AreFilledEvenly()
    {
        // Every ten seconds, four seconds into a slot: steady traffic of three a second.
        _clock.Now += TimeSpan.FromSeconds(3);
        for (int report = 0; report < 60; report++)
        {
            _clock.Now += TimeSpan.FromSeconds(10);
            _store.Add("default", "deployment/users", [Delta(30, 1_000, "")], seconds: 10);
            if (report % 2 == 1) _store.Flush();
        }
        ulong[] steps = [.. Recorded().Steps([Users], (_, _) => true, 1_200_000, 10, 61).Select(step => step.Requests)];
        Assert.Equal([18ul, .. Enumerable.Repeat(30ul, 59), 12ul], steps);
        Assert.Equal(1800ul, Sum(3600).Requests);
        Assert.Equal(1800ul, Sum(6 * 86_400).Requests);
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(25, 7)]
    [InlineData(70, 90)]
    public async Task Restart_InOrder_LosesNothing(int secondsBefore, int secondsAway)
    {
        for (int i = 0; i < secondsBefore; i++)
        {
            Add(requests: 1);
            _clock.Now += TimeSpan.FromSeconds(1);
        }
        await _store.DisposeAsync();
        _clock.Now += TimeSpan.FromSeconds(secondsAway);
        _store = Open();
        Add(requests: 5);
        _clock.Now += TimeSpan.FromSeconds(61);
        _store.Flush();
        Assert.Equal((ulong)secondsBefore + 5, Sum(3600).Requests);
        Assert.Equal((ulong)secondsBefore + 5, Sum(6 * 86_400).Requests);
    }

    /// <summary>Whenever it is killed, what was added before the last flush is there, in slots of ten seconds and in minutes.</summary>
    [Theory]
    [InlineData(4)]
    [InlineData(17)]
    [InlineData(65)]
    [InlineData(200)]
    public async Task Restart_AfterAKill_LosesWhatCameAfterTheLastFlush(int secondsBefore)
    {
        for (int i = 0; i < secondsBefore; i++)
        {
            Add(requests: 2);
            _clock.Now += TimeSpan.FromSeconds(1);
            if (i % 10 == 9) _store.Flush();
        }
        _store.Flush();
        Add(requests: 7);
        // The first store never learns of its end.
        HistoryStore first = _store;
        _store = Open();
        Assert.Equal(2 * (ulong)secondsBefore, Sum(3600).Requests);
        Assert.Equal(2 * (ulong)secondsBefore, Sum(6 * 86_400).Requests);

        // What comes now joins the slots that the first run began, which a second kill does not change.
        Add(requests: 3);
        _store.Flush();
        HistoryStore second = _store;
        _store = Open();
        Assert.Equal(2 * (ulong)secondsBefore + 3, Sum(3600).Requests);

        // Nor is anything missing when the minutes in which it happened are complete, and their slots of ten seconds forgotten.
        _clock.Now += TimeSpan.FromSeconds(130);
        _store.Flush();
        Assert.Equal(2 * (ulong)secondsBefore + 3, Sum(3600).Requests);
        _clock.Now += TimeSpan.FromHours(7);
        _store.Flush();
        Assert.Equal(2 * (ulong)secondsBefore + 3, Sum(6 * 86_400).Requests);
        (HistoryStore third, _store) = (_store, first);
        await second.DisposeAsync();
        await third.DisposeAsync();
    }

    [Fact]
    public void Flush_NothingNew_WritesNothing()
    {
        Add(requests: 1);
        _clock.Now += TimeSpan.FromSeconds(100);
        _store.Flush();
        _store.Flush();
        DateTime written = File.GetLastWriteTimeUtc(_folder.PathOf("history.db-wal"));
        long length = new FileInfo(_folder.PathOf("history.db-wal")).Length;
        _clock.Now += TimeSpan.FromSeconds(10);
        _store.Flush();
        Assert.Equal((written, length), (File.GetLastWriteTimeUtc(_folder.PathOf("history.db-wal")), new FileInfo(_folder.PathOf("history.db-wal")).Length));
    }

    [Fact]
    public void Read_APartOfTheTime_HasItsSlotsOnly()
    {
        for (int i = 0; i < 40; i++)
        {
            Add(requests: 1);
            _clock.Now += TimeSpan.FromSeconds(10);
            _store.Flush();
        }
        for (int from = -30; from < 430; from += 35)
        {
            var totals = new TrafficTotals();
            _store.AddTo(_ => [totals], 1_200_000 + from, 1_200_000 + from + 100);
            int expected = Enumerable.Range(0, 40).Count(i => i * 10 >= from && i * 10 < from + 100);
            Assert.Equal((ulong)expected, totals.Requests);
        }
    }

    [Fact]
    public void Age_TenSecondsForSixHours_MinutesForSevenDays()
    {
        Add(requests: 3);
        _clock.Now += TimeSpan.FromSeconds(61);
        _store.Flush();
        _clock.Now += TimeSpan.FromHours(7);
        _store.Flush();
        Assert.Equal(3ul, Sum(24 * 3600).Requests);
        Assert.Equal(0ul, Sum(6 * 3600).Requests);
        _clock.Now += TimeSpan.FromDays(7);
        _store.Flush();
        Assert.Equal((0ul, 0), (Sum(7 * 86_400).Requests, _store.SeriesCount));
    }

    [Fact]
    public async Task Series_TooMany_ShareOneAndAreCounted()
    {
        await using var store = new HistoryStore(_folder.PathOf("small.db"), _clock, NullLogger<HistoryStore>.Instance, maxSeries: 10);
        for (int i = 0; i < 30; i++) store.Add("default", "deployment/users", [Delta(1, 1000, $"route-{i}")]);
        Assert.Equal(20, store.Overflowed);
        var totals = new TrafficTotals();
        store.AddTo(_ => [totals], 0, _clock.Now.ToUnixTimeSeconds() + 1);
        Assert.Equal((11, 30ul), (store.SeriesCount, totals.Requests));
    }

    [Fact]
    public async Task File_IsPrivate_AndOneThatIsDamagedBeginsAnew()
    {
        string path = _folder.PathOf("damaged.db");
        await File.WriteAllTextAsync(path, new string('x', 5000), TestContext.Current.CancellationToken);
        await using var store = HistoryStore.Open(path, _clock, NullLogger<HistoryStore>.Instance);
        store.Add("default", "deployment/users", [Delta(1, 1000, "")]);
        store.Flush(everything: true);
        Assert.Equal(5000, new FileInfo($"{path}.damaged").Length);
        if (OperatingSystem.IsWindows()) return;
        foreach (string file in (string[])[path, $"{path}-wal"]) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public void Encoding_AnySlot_ComesBack() => Check.Sample(
        Gen.Select(Gen.ULong, Gen.ULong[0, 1 << 20], Gen.Dictionary(Gen.UInt[0, LatencyBuckets.Count - 1], Gen.ULong[1, 1 << 30])),
        (requests, bytes, latency) =>
        {
            var delta = new TrafficDelta { Requests = requests, Successes = requests / 2, Failures = 3, MeshErrors = 4, BytesReceived = bytes, BytesSent = 1 };
            delta.Indices.AddRange(latency.Keys);
            delta.Counts.AddRange(latency.Values);
            var slot = new TrafficSlot(7);
            slot.Add(delta);
            TrafficSlot read = SlotEncoding.Decode(7, SlotEncoding.Encode(slot));
            Assert.Equal((slot.Requests, slot.Successes, slot.Failures, slot.MeshErrors), (read.Requests, read.Successes, read.Failures, read.MeshErrors));
            Assert.Equal((slot.BytesReceived, slot.BytesSent, slot.Second), (read.BytesReceived, read.BytesSent, read.Second));
            Assert.Equal(slot.Indices, read.Indices);
            Assert.Equal(slot.Counts, read.Counts);
        });

    [Fact]
    public void Encoding_AnyBytes_AreReadWithoutFailing() => Check.Sample(
        Gen.Byte.Array[0, 64], bytes => { SlotEncoding.Decode(0, bytes); });

    private HistoryStore Open() => new(_folder.PathOf("history.db"), _clock, NullLogger<HistoryStore>.Instance);

    private RecordedTraffic Recorded() => new(new TrafficStore(_clock), _store, _clock);

    private TrafficTotals Sum(int window) => Recorded().Sum([Users], _ => true, window);

    private void Add(ulong requests, long micros = 1_000) => _store.Add("default", "deployment/users", [Delta(requests, micros, "")]);

    private static TrafficDelta Delta(ulong requests, long micros, string route) => new()
    {
        Direction = Direction.Inbound,
        Service = new ServiceReference { Namespace = "default", Name = "users", Port = 80 },
        Route = route,
        Requests = requests,
        Successes = requests,
        Indices = { (uint)LatencyBuckets.IndexOf(micros) },
        Counts = { requests },
    };
}
