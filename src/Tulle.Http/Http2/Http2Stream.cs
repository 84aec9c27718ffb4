namespace Tulle.Http.Http2;

/// <summary>
/// One stream of a connection, RFC 9113 §5.1, as far as it concerns messages. Belongs to whoever got it from
/// <see cref="Http2Connection.Read"/> or <see cref="Http2Connection.TryOpen"/>, until it is released.
/// </summary>
public sealed class Http2Stream
{
    internal Http2Stream()
    {
    }

    /// <summary>Its identifier.</summary>
    public int Id { get; internal set; }

    /// <summary>What the owner wants to find again with it.</summary>
    public object? Owner { get; set; }

    /// <summary>Server: the request's head. Client: the last response's head.</summary>
    public Http2Head Head { get; } = new();

    /// <summary>The trailers that came; empty without any.</summary>
    public Http2Head Trailers { get; } = new();

    /// <summary>Trailers came.</summary>
    public bool HasTrailers { get; internal set; }

    /// <summary>The peer sends nothing more.</summary>
    public bool RemoteEnded { get; internal set; }

    /// <summary>Nothing more is sent to the peer.</summary>
    public bool LocalEnded { get; internal set; }

    /// <summary>Either side has reset it; <see cref="Error"/> says why.</summary>
    public bool IsReset { get; internal set; }

    /// <summary>Why it was reset.</summary>
    public Http2Error Error { get; internal set; }

    /// <summary>
    /// Nobody has processed the request, so that it may be sent again whatever it is: GOAWAY or REFUSED_STREAM
    /// (RFC 9113 §8.7).
    /// </summary>
    public bool WasNotProcessed => IsReset && Error.Code == Http2ErrorCode.RefusedStream;

    /// <summary>Bytes of body that came.</summary>
    public long ReceivedBytes { get; internal set; }

    /// <summary>Bytes that the stream's own window lets us send; negative after a peer has shrunk it.</summary>
    internal long SendWindow;

    /// <summary>Bytes that the peer may send.</summary>
    internal int ReceiveWindow;

    /// <summary>Bytes that came and were not consumed.</summary>
    internal int Unconsumed;

    /// <summary>Bytes that were consumed and not yet given back to the peer's window.</summary>
    internal int Credit;

    /// <summary>The head of the request or final response came.</summary>
    internal bool HeadReceived;

    /// <summary>Our head was sent.</summary>
    internal bool HeadSent;

    /// <summary>Client: the response has no body whatever its content-length says (HEAD).</summary>
    internal bool ExpectsNoBody;

    internal int Interims;

    /// <summary>The window was found empty, so its opening is news.</summary>
    internal bool IsBlocked;

    internal bool IsClosed => IsReset || (RemoteEnded && LocalEnded);

    internal void Start(int id, long sendWindow, Http2Limits limits)
    {
        Id = id;
        SendWindow = sendWindow;
        ReceiveWindow = limits.StreamWindow;
        Head.Limits = Trailers.Limits = limits;
    }

    internal void Reset()
    {
        Id = 0;
        Owner = null;
        Head.Reset();
        Trailers.Reset();
        HasTrailers = RemoteEnded = LocalEnded = IsReset = HeadReceived = HeadSent = ExpectsNoBody = IsBlocked = false;
        Error = default;
        ReceivedBytes = 0;
        SendWindow = 0;
        ReceiveWindow = 0;
        Unconsumed = 0;
        Credit = 0;
        Interims = 0;
    }
}
