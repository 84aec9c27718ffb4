using Tulle.ControlPlane.Hosting;
using Tulle.Testing;

namespace Tulle.ControlPlane.Tests.Hosting;

/// <summary>When the control plane closes the gaps in its heap.</summary>
[Collection(nameof(MemoryCollection))]
public sealed class HeapCompactionTests : IAsyncDisposable
{
    private readonly HurriedClock _clock = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;

    public HeapCompactionTests() => _running = HeapCompaction.RunAsync(_clock, _stopping.Token);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }

    [Fact]
    public async Task Run_MuchWasAllocatedSince_CompactsAndIsContent()
    {
        int before = GC.CollectionCount(GC.MaxGeneration);
        byte[][] kept = LeaveGaps();
        await Eventually.TrueAsync(() => GC.CollectionCount(GC.MaxGeneration) > before, Eventually.Patience, "the heap is compacted");
        Assert.True(GC.GetGCMemoryInfo(GCKind.FullBlocking).Compacted);

        // A tick may have come while the arrays were made.
        await TicksAsync(2);
        before = GC.CollectionCount(GC.MaxGeneration);
        await TicksAsync(5);
        Assert.Equal(before, GC.CollectionCount(GC.MaxGeneration));
        GC.KeepAlive(kept);
    }

    [Fact]
    public async Task Run_NothingWasAllocatedSince_LetsTheHeapAlone()
    {
        int before = GC.CollectionCount(GC.MaxGeneration);
        await TicksAsync(5);

        Assert.Equal(before, GC.CollectionCount(GC.MaxGeneration));
    }

    /// <summary>Every second array of <see cref="HeapCompaction.WorthIt"/> bytes and more stays.</summary>
    private static byte[][] LeaveGaps()
    {
        byte[][] arrays = [.. Enumerable.Range(0, 2 * (int)(HeapCompaction.WorthIt / 8_192)).Select(_ => new byte[8_192])];
        for (int i = 0; i < arrays.Length; i += 2) arrays[i] = [];
        return arrays;
    }

    private async Task TicksAsync(int more)
    {
        int ticks = _clock.Ticks;
        await Eventually.TrueAsync(() => _clock.Ticks >= ticks + more, Eventually.Patience, "time passes");
    }

    /// <summary>A clock whose minutes are over at once.</summary>
    private sealed class HurriedClock : TimeProvider
    {
        private int _ticks;

        public int Ticks => Volatile.Read(ref _ticks);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var instant = TimeSpan.FromMilliseconds(20);
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
