using System.Collections.Concurrent;

namespace Tulle.Local.Supervision;

/// <summary>
/// Tells at once when a process ends, whether it is a child of this process or was adopted: one thread that waits on the
/// pidfds of all of them. Where no descriptor can be had, it asks for one again and again meanwhile. Thread-safe.
/// </summary>
internal sealed unsafe class ExitWatcher : IDisposable
{
    /// <summary>Between two tries to get the descriptors that there were none for.</summary>
    private const int RetryMs = 200;

    private readonly PidfdOpener _open;
    private readonly int _epoll = Libc.EpollCreate(Libc.EpollCloseOnExec);
    private readonly int _wakeUp = Libc.EventDescriptor(0, Libc.EpollCloseOnExec | Libc.EventNonBlocking);
    private readonly ConcurrentDictionary<int, Watched> _watched = new();
    private readonly ConcurrentQueue<Watched> _unwatched = new();
    private readonly Thread _thread;
    private volatile bool _stopping;

    public ExitWatcher() : this(Libc.PidfdOpen)
    {
    }

    /// <param name="open">Opens a pidfd; for tests.</param>
    internal ExitWatcher(PidfdOpener open)
    {
        _open = open;
        if (_epoll < 0 || _wakeUp < 0) throw new InvalidOperationException("no epoll or eventfd descriptor can be opened; raise the limit of open files (ulimit -n)");
        var change = new Libc.EpollEvent { Events = Libc.EpollIn, Descriptor = _wakeUp };
        _ = Libc.EpollControl(_epoll, Libc.EpollAdd, _wakeUp, &change);
        _thread = new Thread(Run) { IsBackground = true, Name = "tulle-exits" };
        _thread.Start();
    }

    /// <summary>A descriptor for a process; without one, -1 and why.</summary>
    internal delegate int PidfdOpener(int pid, out int error);

    /// <summary>Completes when the process ends; at once when there is none.</summary>
    public Task<ExitStatus> WatchAsync(int pid)
    {
        var watched = new Watched(pid, new TaskCompletionSource<ExitStatus>(TaskCreationOptions.RunContinuationsAsynchronously));
        if (!TryWatch(watched))
        {
            _unwatched.Enqueue(watched);
            WakeUp();
        }
        return watched.Completion.Task;
    }

    /// <summary>False when the system has no descriptor to spare, which says nothing about the process.</summary>
    private bool TryWatch(Watched watched)
    {
        int descriptor = _open(watched.Pid, out int error);
        if (descriptor < 0)
        {
            if (error != Libc.NoSuchProcess) return false;
            watched.Completion.SetResult(Reap(watched.Pid));
            return true;
        }
        _watched[descriptor] = watched;
        var change = new Libc.EpollEvent { Events = Libc.EpollIn, Descriptor = descriptor };
        if (Libc.EpollControl(_epoll, Libc.EpollAdd, descriptor, &change) == 0) return true;
        _watched.TryRemove(descriptor, out _);
        _ = Libc.Close(descriptor);
        return false;
    }

    private void Run()
    {
        const int Batch = 64;
        Libc.EpollEvent* events = stackalloc Libc.EpollEvent[Batch];
        while (!_stopping)
        {
            int count = Libc.EpollWait(_epoll, events, Batch, _unwatched.IsEmpty ? -1 : RetryMs);
            for (int i = 0; i < count; i++)
            {
                int descriptor = events[i].Descriptor;
                if (descriptor == _wakeUp) Clear();
                if (!_watched.TryRemove(descriptor, out Watched watched)) continue;
                _ = Libc.EpollControl(_epoll, Libc.EpollDelete, descriptor, events);
                _ = Libc.Close(descriptor);
                watched.Completion.SetResult(Reap(watched.Pid));
            }
            for (int left = _unwatched.Count; left > 0 && _unwatched.TryDequeue(out Watched watched); left--)
            {
                if (!TryWatch(watched)) _unwatched.Enqueue(watched);
            }
        }
    }

    private void WakeUp()
    {
        ulong one = 1;
        _ = Libc.Write(_wakeUp, &one, sizeof(ulong));
    }

    private void Clear()
    {
        ulong count;
        _ = Libc.Read(_wakeUp, &count, sizeof(ulong));
    }

    private static ExitStatus Reap(int pid) =>
        Libc.WaitPid(pid, out int status, Libc.WaitNoHang) == pid ? ExitStatus.OfWait(status) : ExitStatus.Unknown;

    public void Dispose()
    {
        _stopping = true;
        WakeUp();
        _thread.Join();
        foreach (int descriptor in _watched.Keys) _ = Libc.Close(descriptor);
        _ = Libc.Close(_wakeUp);
        _ = Libc.Close(_epoll);
    }

    private readonly record struct Watched(int Pid, TaskCompletionSource<ExitStatus> Completion);
}
