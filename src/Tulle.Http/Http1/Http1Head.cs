using System.Text;

namespace Tulle.Http.Http1;

/// <summary>
/// A parsed HTTP/1.x head as offsets into the receive buffer: no strings, nothing allocated once its slots have grown to
/// the peer's habits. The message starts at offset 0 of the buffer, and offsets stay valid as long as the buffer's content
/// does, wherever it is moved to. Reusable after <c>Reset</c>; one thread at a time.
/// </summary>
public abstract partial class Http1Head
{
    private const int InitialSlots = 16;
    private const int NoColon = -1;

    /// <summary>Most options in Connection that name other fields, so that matching them against all fields stays cheap.</summary>
    private const int MaxNominations = 16;

    private readonly Http1Limits _limits;
    private HeaderSlot[] _slots = new HeaderSlot[InitialSlots];
    private int _count;

    // Where the incomplete line starts, how far it was searched, and where its colon is: what resuming needs.
    private int _lineStart;
    private int _scanned;
    private int _colon;
    private bool _inHeaders;
    private ParseResult _result;
    private Http1ErrorKind _error;

    private protected Http1Head(Http1Limits? limits)
    {
        _limits = limits ?? Http1Limits.Default;
        ResetFields();
    }

    /// <summary>Why the head was refused; kind None unless Parse said Invalid.</summary>
    public Http1Error Error => new(_error);

    /// <summary>Bytes of the head with its empty line, once Complete: the body starts here.</summary>
    public int Length { get; private set; }

    /// <summary>The header fields in the order they came.</summary>
    public ReadOnlySpan<HeaderSlot> Headers => _slots.AsSpan(0, _count);

    /// <summary>HTTP/1.1 (else 1.0).</summary>
    public bool IsHttp11 { get; private protected set; }

    /// <summary>How the body's end is found.</summary>
    public MessageFraming Framing { get; private protected set; }

    /// <summary>Value of Content-Length; -1 when absent.</summary>
    public long ContentLength { get; private protected set; }

    /// <summary>The peer lets the connection be used again after this message (RFC 9112 §9.3).</summary>
    public bool KeepAlive { get; private protected set; }

    /// <summary>The limits that the head and its body are held to.</summary>
    public Http1Limits Limits => _limits;

    /// <summary>Index of the first Upgrade field; -1 without one.</summary>
    internal int UpgradeSlot { get; private set; }

    /// <summary>Offset of the first field line.</summary>
    internal int HeadersStart { get; private set; }

    /// <summary>Some field is hop-by-hop, so the field lines cannot be copied in one piece.</summary>
    internal bool HasHopByHop { get; private set; }

    /// <summary>A TE field that asks only for trailers and so may be forwarded.</summary>
    internal bool ForwardsTe { get; private set; }

    private protected bool HasTransferEncoding { get; private set; }

    private protected ConnectionOptions Options { get; private set; }

    /// <summary>
    /// Parses from the start of <paramref name="buffer"/>, going on where the last call stopped: pass the same bytes with
    /// more behind them. Never looks beyond the empty line that ends the head.
    /// </summary>
    public ParseResult Parse(ReadOnlySpan<byte> buffer)
    {
        if (_result != ParseResult.NeedMore) return _result;

        // Cutting first makes the outcome independent of how the bytes were split into reads.
        bool full = buffer.Length >= _limits.HeadBytes;
        if (full) buffer = buffer[.._limits.HeadBytes];

        Http1ErrorKind error = Http1ErrorKind.None;
        bool complete = (_inHeaders || ParseStart(buffer, ref error)) && ParseFields(buffer, ref error);
        if (complete) error = Finish(buffer);
        else if (error == Http1ErrorKind.None && full) error = _inHeaders ? Http1ErrorKind.HeadTooLarge : StartLineTooLong;

        if (error != Http1ErrorKind.None)
        {
            _error = error;
            return _result = ParseResult.Invalid;
        }
        return _result = complete ? ParseResult.Complete : ParseResult.NeedMore;
    }

    /// <summary>The first field of that name, compared without case; false when there is none.</summary>
    public bool TryFind(ReadOnlySpan<byte> buffer, ReadOnlySpan<byte> name, out ByteRange value)
    {
        foreach (ref readonly HeaderSlot slot in Headers)
        {
            if (slot.Name.Length != name.Length || !Ascii.EqualsIgnoreCase(slot.Name.In(buffer), name)) continue;
            value = slot.Value;
            return true;
        }
        value = default;
        return false;
    }

    private protected void ResetFields()
    {
        _count = 0;
        _lineStart = 0;
        _scanned = 0;
        _colon = NoColon;
        _inHeaders = false;
        _result = ParseResult.NeedMore;
        _error = Http1ErrorKind.None;
        Length = 0;
        IsHttp11 = false;
        Framing = MessageFraming.None;
        ContentLength = -1;
        KeepAlive = false;
        UpgradeSlot = -1;
        HeadersStart = 0;
        HasHopByHop = false;
        ForwardsTe = false;
        HasTransferEncoding = false;
        Options = ConnectionOptions.None;
    }

    /// <summary>Longest start line that is searched for its end.</summary>
    private protected abstract int StartLineLimit { get; }

    private protected abstract Http1ErrorKind StartLineTooLong { get; }

    /// <summary>An empty line before the start line is skipped (RFC 9112 §2.2 asks it of servers).</summary>
    private protected abstract bool SkipsEmptyLine { get; }

    /// <summary>Takes the start line, which begins at <paramref name="offset"/>, without its line end.</summary>
    private protected abstract Http1ErrorKind ParseStartLine(ReadOnlySpan<byte> line, int offset);

    /// <summary>A field that only this kind of message treats.</summary>
    private protected abstract Http1ErrorKind OnField(ReadOnlySpan<byte> buffer, ref HeaderSlot slot);

    /// <summary>Decides framing and connection once every field is known.</summary>
    private protected abstract Http1ErrorKind OnFieldsComplete(ReadOnlySpan<byte> buffer);
}
