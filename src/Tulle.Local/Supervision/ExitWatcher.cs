using System.Collections.Concurrent;

namespace Tulle.Local.Supervision;

/// <summary>
/// Tells at once when a process ends, whether it is a child of this process or was adopted: one thread that waits on the
/// pidfds of all of them. Thread-safe.
/// </summary>
internal sealed unsafe class ExitWatcher : IDisposable
{
    private readonly int _epoll = Libc.EpollCreate(Libc.EpollCloseOnExec);
    private readonly int _wakeUp = Libc.EventDescriptor(0, Libc.EpollCloseOnExec | Libc.EventNonBlocking);
    private readonly ConcurrentDictionary<int, Watched> _watched = new();
    private readonly Thread _thread;
    private volatile bool _stopping;

    public ExitWatcher()
    {
        if (_epoll < 0 || _wakeUp < 0) throw new InvalidOperationException("no epoll or eventfd descriptor can be opened; raise the limit of open files (ulimit -n)");
        var change = new Libc.EpollEvent { Events = Libc.EpollIn, Descriptor = _wakeUp };
        _ = Libc.EpollControl(_epoll, Libc.EpollAdd, _wakeUp, &change);
        _thread = new Thread(Run) { IsBackground = true, Name = "tulle-exits" };
        _thread.Start();
    }

    /// <summary>Completes when the process ends; at once when there is none.</summary>
    public Task<ExitStatus> WatchAsync(int pid)
    {
        int descriptor = Libc.PidfdOpen(pid);
        if (descriptor < 0) return Task.FromResult(Reap(pid));
        var completion = new TaskCompletionSource<ExitStatus>(TaskCreationOptions.RunContinuationsAsynchronously);
        _watched[descriptor] = new Watched(pid, completion);
        var change = new Libc.EpollEvent { Events = Libc.EpollIn, Descriptor = descriptor };
        _ = Libc.EpollControl(_epoll, Libc.EpollAdd, descriptor, &change);
        return completion.Task;
    }

    private void Run()
    {
        const int Batch = 64;
        Libc.EpollEvent* events = stackalloc Libc.EpollEvent[Batch];
        while (!_stopping)
        {
            int count = Libc.EpollWait(_epoll, events, Batch, -1);
            for (int i = 0; i < count; i++)
            {
                int descriptor = events[i].Descriptor;
                if (!_watched.TryRemove(descriptor, out Watched watched)) continue;
                _ = Libc.EpollControl(_epoll, Libc.EpollDelete, descriptor, events);
                _ = Libc.Close(descriptor);
                watched.Completion.SetResult(Reap(watched.Pid));
            }
        }
    }

    private static ExitStatus Reap(int pid) =>
        Libc.WaitPid(pid, out int status, Libc.WaitNoHang) == pid ? ExitStatus.OfWait(status) : ExitStatus.Unknown;

    public void Dispose()
    {
        _stopping = true;
        ulong one = 1;
        _ = Libc.Write(_wakeUp, &one, sizeof(ulong));
        _thread.Join();
        foreach (int descriptor in _watched.Keys) _ = Libc.Close(descriptor);
        _ = Libc.Close(_wakeUp);
        _ = Libc.Close(_epoll);
    }

    private readonly record struct Watched(int Pid, TaskCompletionSource<ExitStatus> Completion);
}
