namespace Tulle.ControlPlane.Hosting;

/// <summary>
/// Closes the gaps that traffic leaves between what is kept of it, once a minute: by itself the collector leaves them until they are half of the
/// heap. With a thousand busy workloads that is 20 to 40 MB; a collection that moves everything takes some 30 ms of one minute's time.
/// </summary>
internal static class HeapCompaction
{
    public static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    /// <summary>A control plane that allocated less than this since the last time, in bytes, is let alone.</summary>
    public const long WorthIt = 16 * 1024 * 1024;

    /// <summary>Runs until cancelled.</summary>
    public static async Task RunAsync(TimeProvider clock, CancellationToken cancellation)
    {
        long compacted = GC.GetTotalAllocatedBytes();
        using var timer = new PeriodicTimer(Period, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false))
            {
                long allocated = GC.GetTotalAllocatedBytes();
                if (allocated - compacted < WorthIt) continue;
                compacted = allocated;
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            }
        }
        catch (OperationCanceledException)
        {
            // The control plane stops.
        }
    }
}
