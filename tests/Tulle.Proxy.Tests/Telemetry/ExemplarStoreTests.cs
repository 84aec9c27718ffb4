using Tulle.Protocol;
using Tulle.Proxy.Telemetry;

namespace Tulle.Proxy.Tests.Telemetry;

public sealed class ExemplarStoreTests
{
    private static readonly TrafficSeries Series = new(new SeriesKey(Direction.Inbound, "", "", "", "users", 80, "", "", false));

    [Fact]
    public void Record_TheNewestOfABucket_Stays()
    {
        var store = new ExemplarStore();
        for (int i = 1; i <= 3; i++) store.Record(Series, 1_000 + i, 0, (ulong)i, i);
        var found = new List<string>();
        store.Read((_, bucket, exemplar) => found.Add($"{bucket} {exemplar.TraceId} {exemplar.Value}"));
        Assert.Equal($"{DurationHistogram.IndexOf(1_000)} 00000000000000000000000000000003 0.001003", Assert.Single(found));
    }

    [Fact]
    public void Record_AnyNumber_KeepsNoMoreThanThereArePlaces()
    {
        var store = new ExemplarStore();
        for (int number = 0; number < 2_000; number++)
        {
            var series = new TrafficSeries(Series.Key, number);
            for (long micros = 50; micros < 40_000_000; micros *= 2) store.Record(series, micros, 1, 1, 1);
        }
        int count = 0;
        store.Read((_, _, _) => count++);
        Assert.InRange(count, 1, ExemplarStore.Places);
    }

    [Fact]
    public async Task Read_WhileTheLoopWrites_SeesNoMixture()
    {
        var store = new ExemplarStore();
        using var stop = new CancellationTokenSource();
        Task writing = Task.Run(() =>
        {
            for (ulong i = 1; !stop.IsCancellationRequested; i++) store.Record(Series, 1_000, i, i, (long)(i % 1_000_000));
        });
        for (int i = 0; i < 200_000; i++)
        {
            store.Read((_, _, exemplar) => Assert.Equal(exemplar.TraceId[..16], exemplar.TraceId[16..]));
            if (writing.IsCompleted) break;
        }
        await stop.CancelAsync();
        await writing;
    }
}
