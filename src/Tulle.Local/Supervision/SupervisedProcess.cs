namespace Tulle.Local.Supervision;

/// <summary>Told what happens to a supervised process, in order, on any thread.</summary>
internal interface IProcessObserver
{
    /// <param name="process">It.</param>
    /// <param name="adopted">Whether it ran before this supervisor did.</param>
    void Started(ProcessIdentity process, bool adopted);

    /// <summary>It ended by itself or could not be started; it is started again after the wait.</summary>
    void Ended(string how, TimeSpan wait);

    /// <summary>It was stopped as asked.</summary>
    void Stopped();
}

/// <summary>Keeps one process running until it is told to stop.</summary>
internal sealed class SupervisedProcess(ProcessConfig config, ExitWatcher watcher, TimeProvider clock, IProcessObserver observer)
{
    private readonly RestartBackoff _backoff = new();

    /// <summary>Runs until <paramref name="stop"/>; returns when the process has ended.</summary>
    /// <param name="adopt">A process of an earlier supervisor to go on with; null to start one.</param>
    /// <param name="stop">Ends the process: SIGTERM, then SIGKILL after the grace time.</param>
    public async Task RunAsync(ProcessIdentity? adopt, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            long started = clock.GetTimestamp();
            (ProcessIdentity? process, string? fault) = adopt is { IsAlive: true } ? (adopt, null) : Start();
            if (process is not null)
            {
                Task<ExitStatus> exit = watcher.WatchAsync(process.Pid);
                observer.Started(process, adopted: process == adopt);
                adopt = null;
                await Task.WhenAny(exit, Cancelled(stop)).ConfigureAwait(false);
                if (stop.IsCancellationRequested)
                {
                    await ProcessEnding.EndAsync(process, exit, config.Grace, clock).ConfigureAwait(false);
                    observer.Stopped();
                    return;
                }
                fault = (await exit.ConfigureAwait(false)).ToString();
                // A shell that died may have left children behind, which would hold the port.
                _ = Libc.Kill(-process.Pid, Libc.SigKill);
            }
            TimeSpan wait = _backoff.Next(clock.GetElapsedTime(started));
            observer.Ended(fault!, wait);
            try
            {
                await Task.Delay(wait, clock, stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }
        observer.Stopped();
    }

    private (ProcessIdentity? Process, string? Fault) Start()
    {
        (int pid, string? fault) = ProcessSpawner.Start(config);
        if (fault is not null) return (null, $"cannot start: {fault}");
        // One that is gone already still needs a name until its exit is seen.
        return (ProcessIdentity.Of(pid) ?? new ProcessIdentity(pid, 0), null);
    }

    private static Task Cancelled(CancellationToken token)
    {
        var completion = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        token.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), completion);
        return completion.Task;
    }
}
