using System.Net;
using Tulle.Transport.Interop;
using Tulle.Transport.Tls;

namespace Tulle.Transport;

/// <summary>
/// A TCP connection on an event loop, plain or under TLS. Reads go into its receive buffer, which it borrows from the
/// loop only while it holds bytes. Nothing here blocks, throws or allocates; <see cref="IoStatus.Wait"/> says that the
/// owner will hear when to try again. Loop thread only.
/// </summary>
public sealed unsafe partial class Connection : Pollable
{
    private const uint Interest = Libc.EpollIn | Libc.EpollOut | Libc.EpollPeerHangUp | Libc.EpollEdgeTriggered;

    private readonly RawSocketAddress _peer;
    private byte* _received;
    private byte* _unsent;
    private int _capacity;
    private int _unsentCapacity;
    private int _start;
    private int _end;
    private int _unsentStart;
    private int _unsentEnd;
    private TlsSession? _tls;
    private bool _readable;
    private bool _writable;
    private bool _peerHangUp;
    private bool _broken;

    private Connection(EventLoop loop, in RawSocketAddress peer)
    {
        Loop = loop;
        _peer = peer;
    }

    /// <summary>The loop on which it lives and dies.</summary>
    public EventLoop Loop { get; }

    /// <summary>Who is told about progress. Null: nobody, and readiness is kept for the next owner.</summary>
    public IConnectionOwner? Owner { get; set; }

    /// <summary>Who hears, once, that it was closed, whoever closed it. Null: nobody.</summary>
    public IConnectionObserver? Observer { get; set; }

    /// <summary>The TLS session on it, or null.</summary>
    public TlsSession? Tls => _tls;

    public bool IsOpen => Fd >= 0;

    /// <summary>Whether the peer has closed its side or the connection broke, as far as the kernel has told. Bytes may still be unread.</summary>
    public bool IsPeerClosed => _peerHangUp;

    /// <summary>Whether the connection is dead in both directions: reset, timed out or closed on both sides.</summary>
    public bool IsBroken => _broken;

    /// <summary>Whether the kernel may hold bytes that were not read yet.</summary>
    public bool IsReadable => _readable;

    /// <summary>A session to start once the connect is done; the connection's own from there on.</summary>
    public TlsSession? PendingTls { get; set; }

    /// <summary>Milliseconds of the loop's clock when a pool took it; for its idle timeout.</summary>
    public long IdleSinceMs { get; set; }

    /// <summary>Milliseconds of the loop's clock when it was begun; kept by a pool, for a longest life.</summary>
    public long OpenedMs { get; set; }

    /// <summary>Requests that it has carried; kept by a pool, for a largest number.</summary>
    public int Requests { get; set; }

    /// <summary>The other side's address. Allocates.</summary>
    public IPEndPoint PeerEndPoint => _peer.ToEndPoint();

    /// <summary>The own side's address. A system call, and allocates.</summary>
    public IPEndPoint LocalEndPoint
    {
        get
        {
            RawSocketAddress address;
            uint length = (uint)sizeof(RawSocketAddress);
            return Libc.getsockname(Fd, &address, &length) == 0 ? address.ToEndPoint() : new IPEndPoint(IPAddress.None, 0);
        }
    }

    /// <summary>Starts to connect. Null when the system refuses at once; otherwise <see cref="FinishConnect"/> tells how it went.</summary>
    /// <param name="loop">Whose the connection will be.</param>
    /// <param name="peer">Where to.</param>
    /// <param name="owner">Whom it signals.</param>
    /// <param name="source">Address to connect from, with port 0; the system chooses without one.</param>
    public static Connection? Connect(EventLoop loop, in PeerAddress peer, IConnectionOwner owner, PeerAddress? source = null)
    {
        RawSocketAddress address = peer.Value;
        int fd = Libc.socket(address.Family, Libc.SocketStream | Libc.NonBlocking | Libc.CloseOnExec, 0);
        if (fd < 0) return null;
        var connection = new Connection(loop, address) { Owner = owner };
        SetOptions(fd);
        if (source is { } from && !BindTo(fd, from.Value))
        {
            _ = Libc.close(fd);
            return null;
        }
        bool started = Libc.connect(fd, &address, address.Length) == 0 || SystemError.Number == Libc.InProgress;
        if (started && loop.Watch(connection, fd, Interest)) return connection;
        _ = Libc.close(fd);
        return null;
    }

    private static bool BindTo(int fd, RawSocketAddress source)
    {
        // Without this the port would be chosen here, unique on the machine, instead of per destination (ip(7)).
        int on = 1;
        _ = Libc.setsockopt(fd, Libc.LevelIp, Libc.BindAddressNoPort, &on, sizeof(int));
        return Libc.bind(fd, &source, source.Length) == 0;
    }

    /// <summary>Takes over a socket that was accepted.</summary>
    internal static Connection? Adopt(EventLoop loop, int fd, in RawSocketAddress peer)
    {
        var connection = new Connection(loop, peer) { _writable = true };
        SetOptions(fd);
        if (loop.Watch(connection, fd, Interest)) return connection;
        _ = Libc.close(fd);
        return null;
    }

    /// <summary>Whether the connect has succeeded, still runs or failed.</summary>
    public IoStatus FinishConnect()
    {
        if (!_writable) return IoStatus.Wait;
        int error = 0;
        uint length = sizeof(int);
        return Libc.getsockopt(Fd, Libc.LevelSocket, Libc.SocketError, &error, &length) == 0 && error == 0 ? IoStatus.Done : IoStatus.Failed;
    }

    /// <summary>Puts TLS on it; from now on reads and writes are the session's. <see cref="Handshake"/> comes next.</summary>
    public void StartTls(TlsSession session)
    {
        _tls = session;
        session.Attach(Fd);
    }

    /// <summary>Goes on with the TLS handshake. Failed, too, when the connection was closed under it.</summary>
    public IoStatus Handshake()
    {
        if (_tls is null) return IoStatus.Failed;
        IoStatus status = _tls.Handshake();
        // The handshake reads until nothing is left, or leaves the application's first bytes, which Receive will find.
        _readable = status == IoStatus.Done;
        return status;
    }

    /// <summary>Says that nothing more will be sent (FIN, after close_notify under TLS). What is unsent must be flushed before.</summary>
    public void ShutdownSend()
    {
        _tls?.Shutdown();
        _ = Libc.shutdown(Fd, Libc.ShutdownWrite);
    }

    /// <summary>Closes it and gives its buffers back. Calling it again does nothing.</summary>
    public void Close()
    {
        if (Fd < 0) return;
        Owner = null;
        _start = _end = 0;
        ReleaseReceived();
        ReleaseUnsent();
        PendingTls?.Dispose();
        PendingTls = null;
        if (_tls is not null)
        {
            _tls.Shutdown();
            _tls.Dispose();
            _tls = null;
        }
        Loop.Close(this);
        Observer?.OnClosed();
        // Whoever still waits for it finds out by trying.
        _readable = _writable = _peerHangUp = _broken = true;
    }

    /// <summary>Closes it with a reset, so that the peer cannot take what it got for complete.</summary>
    public void CloseWithReset()
    {
        if (Fd < 0) return;
        var linger = (On: 1, Seconds: 0);
        _ = Libc.setsockopt(Fd, Libc.LevelSocket, Libc.Linger, &linger, (uint)sizeof((int, int)));
        _tls?.Abandon();
        Close();
    }

    internal override void OnEvents(uint events)
    {
        const uint broken = Libc.EpollError | Libc.EpollHangUp;
        if ((events & (Libc.EpollIn | Libc.EpollPeerHangUp | broken)) != 0) _readable = true;
        if ((events & (Libc.EpollPeerHangUp | broken)) != 0) _peerHangUp = true;
        if ((events & broken) != 0) _broken = true;
        if ((events & (Libc.EpollOut | broken)) != 0) _writable = true;
        Owner?.OnReady(this);
    }

    /// <summary>How a peer that vanished without a word is found, other than by default; 0 leaves a part as it is.</summary>
    /// <param name="probes">Unanswered probes after which the connection is broken.</param>
    /// <param name="timeSeconds">Silence before the first probe.</param>
    /// <param name="intervalSeconds">Between two probes.</param>
    public void SetKeepalive(int probes, int timeSeconds, int intervalSeconds)
    {
        if (timeSeconds > 0) _ = Libc.setsockopt(Fd, Libc.LevelTcp, Libc.TcpKeepIdle, &timeSeconds, sizeof(int));
        if (intervalSeconds > 0) _ = Libc.setsockopt(Fd, Libc.LevelTcp, Libc.TcpKeepInterval, &intervalSeconds, sizeof(int));
        if (probes > 0) _ = Libc.setsockopt(Fd, Libc.LevelTcp, Libc.TcpKeepCount, &probes, sizeof(int));
    }

    private static void SetOptions(int fd)
    {
        int on = 1;
        _ = Libc.setsockopt(fd, Libc.LevelTcp, Libc.TcpNoDelay, &on, sizeof(int));
        // Peers that vanish without a word are found after 10 s + 3 × 10 s: Linkerd's keepalive, Linux' default is two hours.
        int seconds = 10, probes = 3;
        _ = Libc.setsockopt(fd, Libc.LevelSocket, Libc.KeepAlive, &on, sizeof(int));
        _ = Libc.setsockopt(fd, Libc.LevelTcp, Libc.TcpKeepIdle, &seconds, sizeof(int));
        _ = Libc.setsockopt(fd, Libc.LevelTcp, Libc.TcpKeepInterval, &seconds, sizeof(int));
        _ = Libc.setsockopt(fd, Libc.LevelTcp, Libc.TcpKeepCount, &probes, sizeof(int));
    }
}
