namespace Tulle.Local.Supervision;

/// <summary>Ends processes in order: SIGTERM to the group, and SIGKILL to what is left of it after the grace time.</summary>
internal static class ProcessEnding
{
    public static async Task EndAsync(ProcessIdentity process, Task<ExitStatus> exit, TimeSpan grace, TimeProvider clock)
    {
        _ = Libc.Kill(-process.Pid, Libc.SigTerm);
        try
        {
            await exit.WaitAsync(grace, clock).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The SIGKILL below is for this case as much as for children that outlived their shell.
        }
        _ = Libc.Kill(-process.Pid, Libc.SigKill);
        await exit.ConfigureAwait(false);
    }

    /// <summary>Ends a process of an earlier supervisor, if it still runs.</summary>
    public static async Task EndAsync(ProcessIdentity? process, ExitWatcher watcher, TimeSpan grace, TimeProvider clock)
    {
        if (process is { IsAlive: true }) await EndAsync(process, watcher.WatchAsync(process.Pid), grace, clock).ConfigureAwait(false);
    }
}
