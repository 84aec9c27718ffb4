namespace Tulle.Http.Http1;

/// <summary>
/// Collects the trailer section of a chunked body (RFC 9112 §7.1.2) whose form <see cref="Http1Body"/> has checked, and finds
/// its fields. Made only where a message is translated; reusable; one thread at a time.
/// </summary>
public sealed class Http1Trailers
{
    private const int MaxFields = 64;

    private readonly HeaderSlot[] _slots = new HeaderSlot[MaxFields];
    private byte[] _bytes = new byte[256];
    private int _length;
    private int _count = -1;

    /// <summary>The fields; known once the section is complete.</summary>
    public FieldsView Fields
    {
        get
        {
            if (_count < 0) Read();
            return new FieldsView(_slots.AsSpan(0, _count), _bytes);
        }
    }

    public void Reset()
    {
        _length = 0;
        _count = -1;
    }

    /// <summary>Takes the next bytes of the section. Their number is bounded by <see cref="Http1Limits.TrailerBytes"/>.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (_length + bytes.Length > _bytes.Length) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + bytes.Length));
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
    }

    private void Read()
    {
        _count = 0;
        ReadOnlySpan<byte> rest = _bytes.AsSpan(0, _length);
        int start = 0;
        while (_count < MaxFields)
        {
            int end = rest[start..].IndexOf("\r\n"u8);
            if (end <= 0) return;
            end += start;
            int colon = start + rest[start..end].IndexOf((byte)':');
            int valueStart = colon + 1, valueEnd = end;
            while (valueStart < valueEnd && rest[valueStart] is (byte)' ' or (byte)'\t') valueStart++;
            while (valueEnd > valueStart && rest[valueEnd - 1] is (byte)' ' or (byte)'\t') valueEnd--;
            KnownHeader id = HeaderNames.Identify(rest[start..colon]);
            // RFC 9110 §6.5.1: what frames, routes or concerns the connection has no business here.
            _slots[_count++] = new HeaderSlot(start, colon - start, valueStart, valueEnd - valueStart, id) { IsHopByHop = HeaderNames.IsOfMessage(id) };
            start = end + 2;
        }
    }
}
