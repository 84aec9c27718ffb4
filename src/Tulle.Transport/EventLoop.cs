using System.Collections.Concurrent;
using Tulle.Transport.Interop;

namespace Tulle.Transport;

/// <summary>
/// One thread, one epoll instance, and every connection on it for life. Everything that belongs to the loop is touched
/// by its thread only; <see cref="Post"/> is how other threads hand work over.
/// </summary>
public sealed unsafe class EventLoop : IDisposable
{
    /// <summary>Most work items that may wait for the loop. Configuration and accepted sockets come this way, requests do not.</summary>
    public const int MaxPosted = 65_536;

    private const int EventBatch = 256;

    private readonly TimeProvider _time;
    private readonly Thread _thread;
    private readonly int _epoll;
    private readonly Waker _waker;
    private readonly ConcurrentQueue<(Action<object?> Run, object? State)> _posted = new();
    private readonly double _msPerTimestamp;
    private readonly double _microsPerTimestamp;
    private Pollable?[] _pollables = new Pollable?[64];
    private Queue<Strand> _ready = new();
    private Queue<Strand> _running = new();
    private uint _generation;
    private int _postedCount;
    private int _wakeRequested;
    private volatile bool _stopping;

    /// <param name="name">Name of the thread, as <c>top -H</c> shows it.</param>
    /// <param name="time">Where the loop's clock comes from.</param>
    public EventLoop(string name, TimeProvider time)
    {
        _time = time;
        _msPerTimestamp = 1_000d / time.TimestampFrequency;
        _microsPerTimestamp = 1_000_000d / time.TimestampFrequency;
        // A peer that closed must be an error of the write, not the end of the process: OpenSSL writes without MSG_NOSIGNAL.
        _ = Libc.signal(Libc.SigPipe, 1);
        _epoll = Libc.epoll_create1(Libc.CloseOnExec);
        if (_epoll < 0) throw new IOException($"epoll_create1 failed: {SystemError.Last()}");
        ReadClock();
        Timers = new TimerWheel(NowMs);
        _waker = new Waker();
        Watch(_waker, _waker.Descriptor, Libc.EpollIn | Libc.EpollEdgeTriggered);
        _thread = new Thread(Run, maxStackSize: 512 * 1024) { Name = name, IsBackground = true };
    }

    /// <summary>The loop's clock in milliseconds, read once per turn.</summary>
    public long NowMs { get; private set; }

    /// <summary>The loop's clock in microseconds, read once per turn.</summary>
    public long NowMicros { get; private set; }

    public TimerWheel Timers { get; }

    public BufferPool Buffers { get; } = new();

    /// <summary>Whether the caller runs on this loop.</summary>
    public bool IsCurrent => Thread.CurrentThread == _thread;

    /// <summary>Called on the loop's thread when something threw that nothing expected; the loop goes on. Set before the start.</summary>
    public Action<Exception>? OnError { get; set; }

    public void Start() => _thread.Start();

    /// <summary>Hands work to the loop. Any thread. False when too much is waiting already or the loop has stopped.</summary>
    public bool Post(Action<object?> work, object? state)
    {
        if (_stopping) return false;
        if (Interlocked.Increment(ref _postedCount) > MaxPosted)
        {
            Interlocked.Decrement(ref _postedCount);
            return false;
        }
        _posted.Enqueue((work, state));
        if (Interlocked.Exchange(ref _wakeRequested, 1) == 0) _waker.Wake();
        return true;
    }

    /// <summary>Ends the loop after its current turn and waits for its thread. What is open stays open; owners close first.</summary>
    public void Dispose()
    {
        _stopping = true;
        _waker.Wake();
        if (_thread.ThreadState.HasFlag(ThreadState.Unstarted)) Release();
        else if (!IsCurrent) _thread.Join();
    }

    internal void Enqueue(Strand strand) => _ready.Enqueue(strand);

    internal bool Watch(Pollable pollable, int fd, uint interest)
    {
        if (fd >= _pollables.Length) Array.Resize(ref _pollables, Math.Max(fd + 1, _pollables.Length * 2));
        pollable.Fd = fd;
        pollable.Generation = ++_generation;
        _pollables[fd] = pollable;
        var e = new EpollEvent { Events = interest, Fd = fd, Generation = pollable.Generation };
        return Libc.epoll_ctl(_epoll, Libc.EpollAdd, fd, &e) == 0;
    }

    internal void ChangeInterest(Pollable pollable, uint interest)
    {
        var e = new EpollEvent { Events = interest, Fd = pollable.Fd, Generation = pollable.Generation };
        _ = Libc.epoll_ctl(_epoll, Libc.EpollModify, pollable.Fd, &e);
    }

    /// <summary>Closes the descriptor, which also takes it out of epoll.</summary>
    internal void Close(Pollable pollable)
    {
        _pollables[pollable.Fd] = null;
        _ = Libc.close(pollable.Fd);
        pollable.Fd = -1;
    }

    private void Run()
    {
        // No session reads AsyncLocals. With nothing to flow, awaits capture no context and resume without restoring one.
        ExecutionContext.SuppressFlow();
        var events = stackalloc EpollEvent[EventBatch];
        while (!_stopping)
        {
            int timeout = _ready.Count > 0 ? 0 : Timers.DelayMs(NowMs);
            int count = Libc.epoll_wait(_epoll, events, EventBatch, timeout);
            ReadClock();
            for (int i = 0; i < count; i++)
            {
                Pollable? pollable = _pollables[events[i].Fd];
                if (pollable is null || pollable.Generation != events[i].Generation) continue;
                try
                {
                    pollable.OnEvents(events[i].Events);
                }
                catch (Exception e)
                {
                    OnError?.Invoke(e);
                }
            }
            RunPosted();
            try
            {
                Timers.Advance(NowMs);
                RunReady();
            }
            catch (Exception e)
            {
                OnError?.Invoke(e);
            }
        }
        Release();
    }

    private void RunPosted()
    {
        // Not the count: work drained while its poster still asked for a wake-up would leave the request standing, and
        // nobody would wake the loop again.
        if (Volatile.Read(ref _wakeRequested) == 0) return;
        // Cleared before draining: work that comes while draining wakes the loop again.
        Volatile.Write(ref _wakeRequested, 0);
        Interlocked.MemoryBarrier();
        while (_posted.TryDequeue(out var work))
        {
            Interlocked.Decrement(ref _postedCount);
            try
            {
                work.Run(work.State);
            }
            catch (Exception e)
            {
                OnError?.Invoke(e);
            }
        }
    }

    private void RunReady()
    {
        if (_ready.Count == 0) return;
        // Those that yield again while running wait for the next turn.
        (_ready, _running) = (_running, _ready);
        while (_running.TryDequeue(out Strand? strand)) strand.Signal();
    }

    private void ReadClock()
    {
        long timestamp = _time.GetTimestamp();
        NowMs = (long)(timestamp * _msPerTimestamp);
        NowMicros = (long)(timestamp * _microsPerTimestamp);
    }

    private void Release()
    {
        Buffers.Clear();
        Close(_waker);
        _ = Libc.close(_epoll);
    }
}
