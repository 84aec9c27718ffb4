using Tulle.Local.Supervision;

namespace Tulle.Local.Hosting;

/// <summary>What became of the request to stop the mesh.</summary>
public enum MeshStopOutcome
{
    /// <summary>There was none, and nothing of one.</summary>
    NothingRan,

    /// <summary>It ran and ended in order.</summary>
    Stopped,

    /// <summary>It had been killed; processes that it left behind were ended.</summary>
    LeftoversEnded,

    /// <summary>It runs and has not ended in time.</summary>
    StillRunning,
}

/// <summary>Stops the mesh of a state folder from outside.</summary>
public static class MeshStop
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    /// <param name="home">Its state folder.</param>
    /// <param name="patience">How long it may take.</param>
    /// <param name="clock">For the wait.</param>
    /// <param name="cancellation">Stops waiting; the mesh goes on stopping.</param>
    public static async Task<MeshStopOutcome> RunAsync(MeshHome home, TimeSpan patience, TimeProvider clock, CancellationToken cancellation)
    {
        bool ran = MeshLock.IsHeld(home);
        if (ran && MeshLock.HolderOf(home) is { } pid)
        {
            _ = Libc.Kill(pid, Libc.SigTerm);
            long started = clock.GetTimestamp();
            while (MeshLock.IsHeld(home))
            {
                if (clock.GetElapsedTime(started) > patience) return MeshStopOutcome.StillRunning;
                await Task.Delay(LookEvery, clock, cancellation).ConfigureAwait(false);
            }
        }
        int ended = await MeshSweep.EndAllAsync(home, clock).ConfigureAwait(false);
        DashboardFile.Delete(home);
        if (ran) return MeshStopOutcome.Stopped;
        File.Delete(home.Lock);
        return ended > 0 ? MeshStopOutcome.LeftoversEnded : MeshStopOutcome.NothingRan;
    }
}
