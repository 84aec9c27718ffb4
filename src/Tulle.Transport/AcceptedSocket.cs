using Tulle.Transport.Interop;

namespace Tulle.Transport;

/// <summary>A connection that was accepted and has no loop yet. May cross threads on its way to one.</summary>
public readonly struct AcceptedSocket
{
    private readonly int _fd;
    private readonly RawSocketAddress _peer;

    internal AcceptedSocket(int fd, in RawSocketAddress peer)
    {
        _fd = fd;
        _peer = peer;
    }

    /// <summary>Puts it on a loop for life. Null when the system refuses. That loop's thread.</summary>
    public Connection? AdoptOn(EventLoop loop) => Connection.Adopt(loop, _fd, _peer);

    /// <summary>Closes it without serving it.</summary>
    public void Refuse() => _ = Libc.close(_fd);
}
