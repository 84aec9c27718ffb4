using System.Text;
using Tulle.Http.Http2.Hpack;

namespace Tulle.Http.Http2;

/// <summary>
/// A decoded head, or the trailers, of an HTTP/2 message: the pseudo-header fields as ranges and the other fields as slots
/// over <see cref="Buffer"/>. There each field is the line that it would be in HTTP/1.1, <c>name: value CR LF</c>, so that
/// a run of them can be copied as it is. Reusable; nothing is allocated once it has grown to the peer's habits.
/// </summary>
public sealed partial class Http2Head
{
    private const int InitialBytes = 512;
    private const int InitialSlots = 16;

    // What an unusually large head made it grow to is given back.
    private const int KeptBytes = 16 * 1024;

    private byte[] _bytes = [];
    private HeaderSlot[] _slots = [];
    private int _length;
    private int _count;
    private int _fields;
    private int _listBytes;

    /// <summary>An empty head.</summary>
    public Http2Head(Http2Limits? limits = null)
    {
        Limits = limits ?? Http2Limits.Default;
        Reset();
    }

    /// <summary>What the peer is held to.</summary>
    internal Http2Limits Limits { get; set; }

    /// <summary>What the ranges are offsets into. Valid until the head is used for another message.</summary>
    public ReadOnlySpan<byte> Buffer => _bytes.AsSpan(0, _length);

    /// <summary>The fields, without pseudo-header fields, in the order they came.</summary>
    public ReadOnlySpan<HeaderSlot> Headers => _slots.AsSpan(0, _count);

    /// <summary>Offset of the first field's line; they fill the rest of <see cref="Buffer"/>.</summary>
    public int HeadersStart { get; private set; }

    /// <summary>The method's id.</summary>
    public KnownMethod Method { get; private set; }

    /// <summary>:method as sent; empty in a response.</summary>
    public ByteRange MethodText { get; private set; }

    /// <summary>:scheme as sent.</summary>
    public ByteRange Scheme { get; private set; }

    /// <summary>:authority, else the value of Host.</summary>
    public ByteRange Authority { get; private set; }

    /// <summary>:path as sent, with the query.</summary>
    public ByteRange Target { get; private set; }

    /// <summary>The path without the query.</summary>
    public ByteRange Path { get; private set; }

    /// <summary>What follows '?'.</summary>
    public ByteRange Query { get; private set; }

    /// <summary>The target has a '?'.</summary>
    public bool HasQuery { get; private set; }

    /// <summary>:protocol of an extended CONNECT (RFC 8441 §4); empty otherwise.</summary>
    public ByteRange Protocol { get; private set; }

    /// <summary>Status code of a response; 0 in a request or trailers.</summary>
    public int Status { get; private set; }

    /// <summary>Value of content-length; -1 when absent.</summary>
    public long ContentLength { get; private set; }

    /// <summary>The client waits for 100 Continue before it sends the body (RFC 9110 §10.1.1).</summary>
    public bool ExpectsContinue { get; private set; }

    /// <summary>1xx: another response to the same request follows (RFC 9113 §8.1; there is no 101 in HTTP/2).</summary>
    public bool IsInterim => Status is >= 100 and < 200;

    /// <summary>The content type is that of gRPC: application/grpc, with or without a message format behind it.</summary>
    public bool IsGrpc { get; private set; }

    /// <summary>The fields, with the buffer behind them.</summary>
    public FieldsView Fields => new(Headers, _bytes);

    /// <summary>The head of a request as everything beside the codec sees it.</summary>
    public RequestView AsRequest() => new()
    {
        MethodId = Method,
        Method = MethodText.In(_bytes),
        Scheme = Scheme.In(_bytes),
        Authority = Authority.In(_bytes),
        Path = Path.In(_bytes),
        Query = Query.In(_bytes),
        HasQuery = HasQuery,
        Fields = Fields,
    };

    /// <summary>The head of a response as everything beside the codec sees it.</summary>
    public ResponseView AsResponse() => new() { Status = Status, Fields = Fields };

    /// <summary>The first field of that name, which must be in lower case; false when there is none.</summary>
    public bool TryFind(ReadOnlySpan<byte> name, out ByteRange value)
    {
        foreach (ref readonly HeaderSlot slot in Headers)
        {
            if (slot.Name.Length != name.Length || !slot.Name.In(_bytes).SequenceEqual(name)) continue;
            value = slot.Value;
            return true;
        }
        value = default;
        return false;
    }

    /// <summary>The head exceeds a limit; what came behind it was dropped.</summary>
    internal bool IsTooLarge { get; private set; }

    /// <summary>Why the message is malformed (RFC 9113 §8.1.1); None when it is not.</summary>
    internal Http2ErrorKind Problem { get; private set; }

    /// <summary>Makes the object ready for the next message.</summary>
    internal void Reset()
    {
        if (_bytes.Length > KeptBytes) _bytes = [];
        _length = 0;
        _count = 0;
        _fields = 0;
        _listBytes = 0;
        HeadersStart = 0;
        Method = KnownMethod.Other;
        MethodText = Scheme = Authority = Target = Path = Query = Protocol = default;
        HasQuery = false;
        Status = 0;
        ContentLength = -1;
        ExpectsContinue = false;
        IsGrpc = false;
        IsTooLarge = false;
        Problem = Http2ErrorKind.None;
        _seenPseudo = 0;
        _hasHost = false;
        _hostDiffers = false;
    }

    /// <summary>Room behind the last field, from an offset on; keeps what is before the offset.</summary>
    internal Span<byte> Tail(int offset, int bytes)
    {
        int needed = _length + offset + bytes + 4;
        if (needed > _bytes.Length) Array.Resize(ref _bytes, Math.Max(InitialBytes, Math.Max(needed, _bytes.Length * 2)));
        return _bytes.AsSpan(_length + offset, bytes);
    }

    /// <summary>Makes a field of what was written into the tail: the name, two bytes of room, the value.</summary>
    internal void CommitTail(int nameLength, int valueLength, FieldTraits traits, bool neverIndexed)
    {
        ": "u8.CopyTo(Tail(nameLength, 2));
        "\r\n"u8.CopyTo(Tail(nameLength + 2 + valueLength, 2));
        Add(nameLength, valueLength, traits, neverIndexed);
    }

    /// <summary>Adds a field that a table holds as a line.</summary>
    internal void AddLine(ReadOnlySpan<byte> line, int nameLength, FieldTraits traits)
    {
        if (IsTooLarge) return;
        line.CopyTo(Tail(0, line.Length));
        Add(nameLength, line.Length - nameLength - 4, traits, neverIndexed: false);
    }

    private void Add(int nameLength, int valueLength, FieldTraits traits, bool neverIndexed)
    {
        if (IsTooLarge) return;
        _listBytes += nameLength + valueLength + HpackDynamicTable.EntryOverhead;
        if (_listBytes > Limits.HeaderListBytes || ++_fields > Limits.HeaderCount)
        {
            IsTooLarge = true;
            return;
        }
        var slot = new HeaderSlot(_length, nameLength, _length + nameLength + 2, valueLength, traits.Id) { IsNeverIndexed = neverIndexed };
        _length += nameLength + valueLength + 4;
        if (traits.Problem != Http2ErrorKind.None) Fail(traits.Problem);
        if (traits.Pseudo != PseudoHeader.None)
        {
            AddPseudo(traits.Pseudo, slot.Value);
            return;
        }
        if (_count == 0) HeadersStart = slot.LineStart;
        if (_count == _slots.Length) Array.Resize(ref _slots, Math.Max(InitialSlots, _count * 2));
        _slots[_count++] = slot;
        OnField(slot);
    }

    private void OnField(in HeaderSlot slot)
    {
        switch (slot.Id)
        {
            case KnownHeader.ContentLength:
                AddContentLength(slot.Value.In(_bytes));
                break;
            case KnownHeader.Host:
                AddHost(slot.Value);
                break;
            case KnownHeader.Expect:
                ExpectsContinue |= Ascii.EqualsIgnoreCase(slot.Value.In(_bytes), "100-continue"u8);
                break;
            case KnownHeader.Other when slot.Name.Length == 12 && slot.Name.In(_bytes).SequenceEqual("content-type"u8):
                IsGrpc = IsGrpcType(slot.Value.In(_bytes));
                break;
            default:
                break;
        }
    }

    /// <summary>application/grpc, application/grpc+proto, application/grpc;… but not application/grpc-web.</summary>
    private static bool IsGrpcType(ReadOnlySpan<byte> type)
    {
        ReadOnlySpan<byte> grpc = "application/grpc"u8;
        return type.Length >= grpc.Length && Ascii.EqualsIgnoreCase(type[..grpc.Length], grpc)
            && (type.Length == grpc.Length || type[grpc.Length] is (byte)'+' or (byte)';' or (byte)' ');
    }

    private void Fail(Http2ErrorKind problem)
    {
        if (Problem == Http2ErrorKind.None) Problem = problem;
    }
}
