using Microsoft.Extensions.Logging.Abstractions;
using Tulle.ControlPlane.Insight;
using Tulle.ControlPlane.Insight.History;
using Tulle.ControlPlane.Tests.Hosting;
using Tulle.Protocol;
using Tulle.Testing;

namespace Tulle.ControlPlane.Tests.Insight;

public sealed class HistorySpaceTests : IDisposable
{
    private const long Megabyte = 1024 * 1024;
    private const long Begin = 1_198_800;

    private readonly TemporaryFolder _folder = new();
    private readonly StepClock _clock = new() { Now = DateTimeOffset.FromUnixTimeSeconds(Begin), HasTimers = false };
    private ulong _added;

    private string Path => _folder.PathOf("history.db");

    private long Now => _clock.Now.ToUnixTimeSeconds();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task File_ThatReachesItsLimit_StaysFlatAndForgetsTheOldestDetail()
    {
        await using HistoryStore store = Open(3 * Megabyte);
        Fill(store, hours: 2);
        Assert.Equal(0, store.Space.Forgotten);
        Assert.Equal(HistoryStore.FineStep, store.StepFor(Begin));
        long most = 0;
        for (int hour = 2; hour < 12; hour++)
        {
            Fill(store, hours: 1);
            most = Math.Max(most, new FileInfo(Path).Length + new FileInfo($"{Path}-wal").Length);
        }
        // The log is a few megabytes at most.
        Assert.InRange(most, 2 * Megabyte, 8 * Megabyte);
        Assert.InRange(store.Space.Bytes, 2 * Megabyte, 3 * Megabyte + Megabyte / 4);
        Assert.True(store.Space.Forgotten > 0);

        // What is left of the oldest is in hours, and complete.
        Assert.Equal(HistoryStore.HourStep, store.StepFor(Begin));
        Assert.Equal(_added, Sum(store, Begin));
        Assert.Equal(_added * 9 / 12, Sum(store, Begin + 3 * 3600));
        // The newest is as it was.
        Assert.Equal(HistoryStore.FineStep, store.StepFor(Now - 600));
        Assert.Equal(_added / 12 / 60 * 5, Sum(store, Now - 300));
    }

    [Fact]
    public async Task File_ThatIsTooLarge_Shrinks()
    {
        await using (HistoryStore large = Open(HistoryStore.MaxBytes)) Fill(large, hours: 8);
        long before = new FileInfo(Path).Length;
        Assert.InRange(before, 3 * Megabyte, 100 * Megabyte);
        await using HistoryStore store = Open(Megabyte);
        for (int i = 0; i < 60; i++)
        {
            _clock.Now += TimeSpan.FromSeconds(10);
            store.Flush();
        }
        Assert.InRange(store.Space.Bytes, Megabyte / 4, 2 * Megabyte + Megabyte / 4);
        Assert.Equal(_added, Sum(store, Begin));
    }

    /// <summary>What was forgotten is known after a restart as well.</summary>
    [Fact]
    public async Task Restart_AfterDetailWasForgotten_SumsTheHours()
    {
        await using (HistoryStore first = Open(2 * Megabyte)) Fill(first, hours: 8);
        await using HistoryStore store = Open(2 * Megabyte);
        Assert.Equal(HistoryStore.HourStep, store.StepFor(Begin));
        Assert.Equal(_added, Sum(store, Begin));
        // The hour in which the time begins is not divided: it begins with the next, and says so.
        var totals = new TrafficTotals();
        Assert.Equal(Begin + 3600, store.AddTo(_ => [totals], Begin + 10, Now + 1));
        Assert.Equal(_added * 7 / 8, totals.Requests);
    }

    private void Fill(HistoryStore store, int hours)
    {
        for (int slot = 0; slot < 360 * hours; slot++)
        {
            for (int series = 0; series < 30; series++)
            {
                store.Add("default", "deployment/users", [Delta(series)]);
                _added += 60;
            }
            _clock.Now += TimeSpan.FromSeconds(10);
            store.Flush();
        }
    }

    private ulong Sum(HistoryStore store, long from)
    {
        var totals = new TrafficTotals();
        store.AddTo(_ => [totals], from, Now + 1);
        return totals.Requests;
    }

    private HistoryStore Open(long limit) => new(Path, _clock, NullLogger<HistoryStore>.Instance, maxBytes: limit);

    private static TrafficDelta Delta(int series)
    {
        var delta = new TrafficDelta { Direction = Direction.Inbound, Service = new ServiceReference { Namespace = "default", Name = "users", Port = 80 }, Route = $"r{series}", Requests = 60, Successes = 60 };
        for (uint bucket = 100; bucket < 130; bucket++)
        {
            delta.Indices.Add(bucket);
            delta.Counts.Add(2);
        }
        return delta;
    }
}
