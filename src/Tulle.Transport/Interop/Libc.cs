using System.Runtime.InteropServices;

namespace Tulle.Transport.Interop;

/// <summary>
/// The system calls of the event loops. All sockets are non-blocking, so those on the request path return within
/// microseconds and may skip the GC transition; errno is read right after the call, with nothing in between.
/// </summary>
internal static unsafe partial class Libc
{
    private const string Library = "libc";

    [DllImport(Library), SuppressGCTransition] public static extern nint recv(int fd, byte* buffer, nuint length, int flags);
    [DllImport(Library), SuppressGCTransition] public static extern nint send(int fd, byte* buffer, nuint length, int flags);
    [DllImport(Library), SuppressGCTransition] public static extern nint read(int fd, void* buffer, nuint length);
    [DllImport(Library), SuppressGCTransition] public static extern nint write(int fd, void* buffer, nuint length);
    [DllImport(Library), SuppressGCTransition] public static extern int epoll_ctl(int epoll, int operation, int fd, EpollEvent* e);
    [DllImport(Library), SuppressGCTransition] public static extern int accept4(int fd, RawSocketAddress* address, uint* length, int flags);
    [DllImport(Library), SuppressGCTransition] public static extern int setsockopt(int fd, int level, int name, void* value, uint length);
    [DllImport(Library), SuppressGCTransition] public static extern int getsockopt(int fd, int level, int name, void* value, uint* length);
    [DllImport(Library), SuppressGCTransition] public static extern int getsockname(int fd, RawSocketAddress* address, uint* length);
    [DllImport(Library), SuppressGCTransition] public static extern int shutdown(int fd, int how);

    [DllImport(Library)] public static extern int epoll_create1(int flags);
    [DllImport(Library)] public static extern int epoll_wait(int epoll, EpollEvent* events, int max, int timeoutMs);
    [DllImport(Library)] public static extern int eventfd(uint initial, int flags);
    [DllImport(Library)] public static extern int socket(int domain, int type, int protocol);
    [DllImport(Library)] public static extern int bind(int fd, RawSocketAddress* address, uint length);
    [DllImport(Library)] public static extern int listen(int fd, int backlog);
    [DllImport(Library)] public static extern int connect(int fd, RawSocketAddress* address, uint length);
    [DllImport(Library)] public static extern int close(int fd);
    [DllImport(Library)] public static extern nint signal(int signal, nint handler);

    public const int EpollIn = 0x1;
    public const int EpollOut = 0x4;
    public const int EpollError = 0x8;
    public const int EpollHangUp = 0x10;
    public const int EpollPeerHangUp = 0x2000;
    public const uint EpollEdgeTriggered = 1u << 31;
    public const int EpollAdd = 1;
    public const int EpollDelete = 2;
    public const int EpollModify = 3;

    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x80000;
    public const int SocketStream = 1;

    public const int Peek = 0x2;
    public const int NoSignal = 0x4000;

    public const int LevelSocket = 1;
    public const int ReuseAddress = 2;
    public const int SocketError = 4;
    public const int KeepAlive = 9;
    public const int Linger = 13;
    public const int LevelIp = 0;
    public const int BindAddressNoPort = 24;
    public const int LevelTcp = 6;
    public const int TcpNoDelay = 1;
    public const int TcpKeepIdle = 4;
    public const int TcpKeepInterval = 5;
    public const int TcpKeepCount = 6;

    public const int ShutdownWrite = 1;
    public const int SigPipe = 13;

    public const int Interrupted = 4;
    public const int TryAgain = 11;
    public const int TooManyFilesInSystem = 23;
    public const int TooManyFiles = 24;
    public const int ConnectionAborted = 103;
    public const int InProgress = 115;
    public const int NoBufferSpace = 105;
    public const int OutOfMemory = 12;
}

/// <summary><c>struct epoll_event</c>, packed on x86-64. The 64 bits of data are split into the descriptor and its generation.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct EpollEvent
{
    public uint Events;
    public int Fd;
    public uint Generation;
}
