namespace Tulle.ControlPlane.Hosting;

/// <summary>
/// Collects what traffic leaves behind before it is much. By itself the collector waits for 24 MB of garbage, and closes the gaps between what is
/// kept when they are half of the heap: with a thousand busy workloads that is 50 MB. A collection that moves everything takes about 100 ms there, a young
/// one little.
/// </summary>
internal sealed class HeapUpkeep(TimeProvider clock)
{
    /// <summary>Between two young collections.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    /// <summary>Periods between two collections that move everything.</summary>
    private const int Long = 10;

    /// <summary>Bytes allocated since the last collection that make a young one worth it.</summary>
    public const long WorthCollecting = 2 * 1024 * 1024;

    /// <summary>Bytes allocated since everything was moved that make it worth it to do so again.</summary>
    public const long WorthMoving = 10 * 1024 * 1024;

    /// <summary>After a collection that moves everything there is none for so many times as long as it took: one percent of the time at most, however large the heap.</summary>
    private const int Rest = 100;

    private int _young, _compactions;

    /// <summary>Young collections so far. Any thread.</summary>
    public int Young => Volatile.Read(ref _young);

    /// <summary>Collections so far that moved everything. Any thread.</summary>
    public int Compactions => Volatile.Read(ref _compactions);

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        long collected = GC.GetTotalAllocatedBytes(), compacted = collected, ended = clock.GetTimestamp();
        TimeSpan rest = TimeSpan.Zero;
        using var timer = new PeriodicTimer(Period, clock);
        try
        {
            for (int period = 1; await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false); period++)
            {
                long allocated = GC.GetTotalAllocatedBytes(), began = clock.GetTimestamp();
                if (period % Long == 0 && allocated - compacted >= WorthMoving && clock.GetElapsedTime(ended, began) >= rest)
                {
                    GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                    Interlocked.Increment(ref _compactions);
                    ended = clock.GetTimestamp();
                    rest = Rest * clock.GetElapsedTime(began, ended);
                    collected = compacted = allocated;
                }
                else if (allocated - collected >= WorthCollecting)
                {
                    GC.Collect(1, GCCollectionMode.Forced, blocking: true);
                    Interlocked.Increment(ref _young);
                    collected = allocated;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The control plane stops.
        }
    }
}
