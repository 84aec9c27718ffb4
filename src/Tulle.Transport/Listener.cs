using System.Net;
using Tulle.Transport.Interop;

namespace Tulle.Transport;

/// <summary>
/// A listening socket. One loop accepts and hands each connection to the loop that has the fewest, which spreads them
/// evenly where SO_REUSEPORT spreads them by chance, and refuses an address that another process already serves.
/// </summary>
public sealed unsafe class Listener : Pollable
{
    // Linux caps it at net.core.somaxconn, 4096 since 5.4.
    private const int Backlog = 4096;

    // So that a flood of connections does not starve those that are open.
    private const int AcceptsPerTurn = 64;

    private const int RetryMs = 100;

    private readonly EventLoop _loop;
    private readonly Func<bool> _mayAccept;
    private readonly Action<AcceptedSocket> _accepted;
    private readonly RetryTimer _retry;
    private bool _paused;
    private bool _started;

    private Listener(EventLoop loop, IPEndPoint endpoint, Func<bool> mayAccept, Action<AcceptedSocket> accepted)
    {
        _loop = loop;
        EndPoint = endpoint;
        _mayAccept = mayAccept;
        _accepted = accepted;
        _retry = new RetryTimer(this);
    }

    /// <summary>The address with the port that was bound.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Binds and listens; accepting begins with <see cref="Start"/>.</summary>
    /// <param name="mayAccept">Asked before each accept; false pauses until <see cref="Resume"/>. Loop thread.</param>
    /// <param name="accepted">Takes each connection. Loop thread.</param>
    /// <exception cref="IOException">The address cannot be bound; the message names it and why.</exception>
    public static Listener Bind(EventLoop loop, IPEndPoint endpoint, Func<bool> mayAccept, Action<AcceptedSocket> accepted)
    {
        RawSocketAddress address = RawSocketAddress.From(endpoint);
        int fd = Libc.socket(address.Family, Libc.SocketStream | Libc.NonBlocking | Libc.CloseOnExec, 0);
        if (fd < 0) throw new IOException($"cannot open a socket for {endpoint}: {SystemError.Last()}");
        int on = 1;
        _ = Libc.setsockopt(fd, Libc.LevelSocket, Libc.ReuseAddress, &on, sizeof(int));
        if (Libc.bind(fd, &address, address.Length) != 0 || Libc.listen(fd, Backlog) != 0)
        {
            string reason = SystemError.Last();
            _ = Libc.close(fd);
            throw new IOException($"cannot listen on {endpoint}: {reason}");
        }
        uint length = (uint)sizeof(RawSocketAddress);
        _ = Libc.getsockname(fd, &address, &length);
        return new Listener(loop, address.ToEndPoint(), mayAccept, accepted) { Fd = fd };
    }

    /// <summary>Begins to accept. Loop thread, or before the loop starts.</summary>
    public void Start()
    {
        _started = true;
        _loop.Watch(this, Fd, Libc.EpollIn);
    }

    /// <summary>Goes on after a pause. Loop thread.</summary>
    public void Resume()
    {
        if (!_paused || Fd < 0) return;
        _paused = false;
        _loop.ChangeInterest(this, Libc.EpollIn);
    }

    /// <summary>
    /// Takes the connections that wait in the backlog, which the kernel would reset, and stops listening. Loop thread, or
    /// before the loop starts.
    /// </summary>
    public void Close()
    {
        _loop.Timers.Cancel(_retry);
        if (Fd < 0) return;
        for (int i = 0; _started && i < Backlog && TryAccept(out _); i++)
        {
        }
        _loop.Close(this);
    }

    internal override void OnEvents(uint events)
    {
        for (int i = 0; i < AcceptsPerTurn; i++)
        {
            if (!_mayAccept())
            {
                Pause();
                return;
            }
            if (TryAccept(out int error)) continue;
            switch (error)
            {
                case Libc.Interrupted or Libc.ConnectionAborted:
                    continue;
                case Libc.TooManyFiles or Libc.TooManyFilesInSystem or Libc.NoBufferSpace or Libc.OutOfMemory:
                    // The socket stays ready, so the loop would spin. Nobody tells when a descriptor becomes free: try again soon.
                    Pause();
                    _loop.Timers.Arm(_retry, _loop.NowMs + RetryMs);
                    return;
                default:
                    return;
            }
        }
    }

    private bool TryAccept(out int error)
    {
        RawSocketAddress peer = default;
        uint length = (uint)sizeof(RawSocketAddress);
        int fd = Libc.accept4(Fd, &peer, &length, Libc.NonBlocking | Libc.CloseOnExec);
        error = fd >= 0 ? 0 : SystemError.Number;
        if (fd >= 0) _accepted(new AcceptedSocket(fd, peer));
        return fd >= 0;
    }

    private void Pause()
    {
        _paused = true;
        _loop.ChangeInterest(this, 0);
    }

    private sealed class RetryTimer(Listener listener) : LoopTimer
    {
        protected internal override void Fire() => listener.Resume();
    }
}
