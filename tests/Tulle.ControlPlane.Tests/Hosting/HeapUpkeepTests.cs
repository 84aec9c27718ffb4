using Tulle.ControlPlane.Hosting;
using Tulle.Testing;

namespace Tulle.ControlPlane.Tests.Hosting;

/// <summary>When the control plane has its heap collected.</summary>
[Collection(nameof(MemoryCollection))]
public sealed class HeapUpkeepTests : IAsyncDisposable
{
    private readonly HurriedClock _clock = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly HeapUpkeep _upkeep;
    private readonly Task _running;

    public HeapUpkeepTests()
    {
        _upkeep = new HeapUpkeep(_clock);
        _running = _upkeep.RunAsync(_stopping.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }

    [Fact]
    public async Task Run_MuchWasAllocatedSince_CompactsAndIsContent()
    {
        byte[][] kept = LeaveGaps();
        await CompactedAsync(0);
        Assert.True(GC.GetGCMemoryInfo(GCKind.FullBlocking).Compacted);

        // Some may have come after it.
        await TicksAsync(12);
        int before = _upkeep.Compactions;
        await TicksAsync(20);
        Assert.Equal(before, _upkeep.Compactions);
        GC.KeepAlive(kept);
    }

    [Fact]
    public async Task Run_TheLastOneTookLong_RestsAccordingly()
    {
        _clock.Collection = TimeSpan.FromSeconds(1);
        byte[][] kept = LeaveGaps();
        await CompactedAsync(0);
        byte[][] more = LeaveGaps();
        await TicksAsync(20);
        Assert.Equal(1, _upkeep.Compactions);

        _clock.Later = TimeSpan.FromHours(1);
        await CompactedAsync(1);
        GC.KeepAlive(kept);
        GC.KeepAlive(more);
    }

    [Fact]
    public async Task Run_NothingWasAllocatedSince_LetsTheHeapAlone()
    {
        await TicksAsync(20);

        Assert.Equal((0, 0), (_upkeep.Young, _upkeep.Compactions));
    }

    [Fact]
    public async Task Run_ALittleWasAllocatedSince_CollectsTheYoungOnly()
    {
        byte[][] kept = Allocate(2 * HeapUpkeep.WorthCollecting);
        await Eventually.TrueAsync(() => _upkeep.Young > 0, Eventually.Patience, "the young are collected");
        await TicksAsync(20);

        Assert.Equal(0, _upkeep.Compactions);
        GC.KeepAlive(kept);
    }

    private Task CompactedAsync(int before) => Eventually.TrueAsync(() => _upkeep.Compactions > before, Eventually.Patience, "the heap is compacted");

    /// <summary>More than makes it worth to move everything, in arrays of which every second one stays.</summary>
    private static byte[][] LeaveGaps()
    {
        byte[][] arrays = Allocate(2 * HeapUpkeep.WorthMoving);
        for (int i = 0; i < arrays.Length; i += 2) arrays[i] = [];
        return arrays;
    }

    private static byte[][] Allocate(long bytes) => [.. Enumerable.Range(0, (int)(bytes / 8_192)).Select(_ => new byte[8_192])];

    private async Task TicksAsync(int more)
    {
        int ticks = _clock.Ticks;
        await Eventually.TrueAsync(() => _clock.Ticks >= ticks + more, Eventually.Patience, "time passes");
    }

    /// <summary>A clock whose periods are over at once, and by which nothing takes any time but full collections.</summary>
    private sealed class HurriedClock : TimeProvider
    {
        private long _collection, _later;
        private int _ticks;

        public int Ticks => Volatile.Read(ref _ticks);

        /// <summary>How long a full collection takes.</summary>
        public TimeSpan Collection { set => Volatile.Write(ref _collection, value.Ticks); }

        /// <summary>What has passed besides.</summary>
        public TimeSpan Later { set => Volatile.Write(ref _later, value.Ticks); }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => (GC.CollectionCount(GC.MaxGeneration) * Volatile.Read(ref _collection)) + Volatile.Read(ref _later);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var instant = TimeSpan.FromMilliseconds(2);
            return base.CreateTimer(
                s =>
                {
                    callback(s);
                    Interlocked.Increment(ref _ticks);
                },
                state, instant, instant);
        }
    }
}
