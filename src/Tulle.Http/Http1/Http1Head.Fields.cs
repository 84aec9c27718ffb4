using System.Text;

namespace Tulle.Http.Http1;

/// <summary>Takes fields, and decides which of them go no further than this connection.</summary>
public abstract partial class Http1Head
{
    private Http1ErrorKind AddField(ReadOnlySpan<byte> buffer, int end)
    {
        if (_count == _limits.HeaderCount) return Http1ErrorKind.TooManyHeaders;
        if (_count == _slots.Length) Array.Resize(ref _slots, Math.Min(_count * 2, _limits.HeaderCount));

        int valueStart = _colon + 1;
        int valueEnd = end;
        while (valueStart < valueEnd && buffer[valueStart] is (byte)' ' or (byte)'\t') valueStart++;
        while (valueEnd > valueStart && buffer[valueEnd - 1] is (byte)' ' or (byte)'\t') valueEnd--;

        KnownHeader id = HeaderNames.Identify(buffer[_lineStart.._colon]);
        ref HeaderSlot slot = ref _slots[_count];
        slot = new HeaderSlot(_lineStart, _colon - _lineStart, valueStart, valueEnd - valueStart, id);
        Http1ErrorKind error = HeaderNames.IsOfMessage(id) ? OnKnownField(buffer, ref slot) : Http1ErrorKind.None;
        _count++;
        return error;
    }

    private Http1ErrorKind OnKnownField(ReadOnlySpan<byte> buffer, ref HeaderSlot slot)
    {
        switch (slot.Id)
        {
            case KnownHeader.Connection:
                Drop(ref slot);
                Options = ConnectionOptionsReader.Read(slot.Value.In(buffer), Options);
                return (Options & ConnectionOptions.Invalid) != 0 ? Http1ErrorKind.InvalidConnection : Http1ErrorKind.None;
            case KnownHeader.KeepAlive or KnownHeader.ProxyConnection:
                Drop(ref slot);
                return Http1ErrorKind.None;
            case KnownHeader.Te:
                // The only TE member that a proxy may pass on without taking part in the coding (RFC 9110 §10.1.4).
                if (Ascii.EqualsIgnoreCase(slot.Value.In(buffer), "trailers"u8)) ForwardsTe = true;
                else Drop(ref slot);
                return Http1ErrorKind.None;
            case KnownHeader.Upgrade:
                if (UpgradeSlot < 0) UpgradeSlot = _count;
                Drop(ref slot);
                return Http1ErrorKind.None;
            case KnownHeader.ContentLength:
                if (!ContentLengthReader.TryRead(slot.Value.In(buffer), out long length)) return Http1ErrorKind.InvalidContentLength;
                if (ContentLength >= 0 && ContentLength != length) return Http1ErrorKind.ConflictingContentLength;
                // RFC 9112 §6.3: identical repetitions are to be sent on as one.
                if (ContentLength >= 0) Drop(ref slot);
                ContentLength = length;
                return Http1ErrorKind.None;
            case KnownHeader.TransferEncoding:
                if (HasTransferEncoding) return Http1ErrorKind.InvalidTransferEncoding;
                HasTransferEncoding = true;
                return TransferEncodingReader.Check(slot.Value.In(buffer));
            default:
                return OnField(buffer, ref slot);
        }
    }

    private Http1ErrorKind Finish(ReadOnlySpan<byte> buffer)
    {
        if (HasTransferEncoding && !IsHttp11) return Http1ErrorKind.TransferEncodingInHttp10;
        if ((Options & ConnectionOptions.Nominations) != 0)
        {
            Http1ErrorKind error = DropNominated(buffer);
            if (error != Http1ErrorKind.None) return error;
        }

        // RFC 9112 §9.3: close wins; 1.1 persists by default, 1.0 only when asked for.
        KeepAlive = (Options & ConnectionOptions.Close) == 0 && (IsHttp11 || (Options & ConnectionOptions.KeepAlive) != 0);
        return OnFieldsComplete(buffer);
    }

    private Http1ErrorKind DropNominated(ReadOnlySpan<byte> buffer)
    {
        int nominations = 0;
        Span<HeaderSlot> slots = _slots.AsSpan(0, _count);
        foreach (ref readonly HeaderSlot slot in slots)
        {
            if (slot.Id != KnownHeader.Connection) continue;
            var options = new ListReader(slot.Value.In(buffer));
            while (options.TryRead(out ReadOnlySpan<byte> option))
            {
                if (!ConnectionOptionsReader.IsNomination(option)) continue;
                if (++nominations > MaxNominations || !TryDropNamed(buffer, option)) return Http1ErrorKind.InvalidConnection;
            }
        }
        return Http1ErrorKind.None;
    }

    /// <summary>
    /// False when the name is that of a field without which the message would mean something else to the next hop
    /// (RFC 9110 §7.6.1): dropping it on a peer's word is a known way to smuggle.
    /// </summary>
    private bool TryDropNamed(ReadOnlySpan<byte> buffer, ReadOnlySpan<byte> name)
    {
        if (HeaderNames.Identify(name) is KnownHeader.Host or KnownHeader.ContentLength or KnownHeader.TransferEncoding) return false;
        foreach (ref HeaderSlot slot in _slots.AsSpan(0, _count))
        {
            if (slot.Name.Length == name.Length && Ascii.EqualsIgnoreCase(slot.Name.In(buffer), name)) Drop(ref slot);
        }
        return true;
    }

    private protected void Drop(ref HeaderSlot slot)
    {
        slot.IsHopByHop = true;
        HasHopByHop = true;
    }

    /// <summary>Drops every field of that id.</summary>
    private protected void DropAll(KnownHeader id)
    {
        foreach (ref HeaderSlot slot in _slots.AsSpan(0, _count))
        {
            if (slot.Id == id) Drop(ref slot);
        }
    }
}
