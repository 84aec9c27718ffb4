using System.Text;

namespace Tulle.Http.Http1;

/// <summary>
/// Writes heads for HTTP/1.1 from messages of another version. Connection fields do not exist there, so what a message's
/// framing needs is written here.
/// </summary>
public static class Http1Translation
{
    /// <summary>
    /// Writes a request in origin form. The cookies that HTTP/2 splits for compression are one field again (RFC 9113 §8.2.3).
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="framing">Chunked, ContentLength or None.</param>
    /// <param name="contentLength">For ContentLength.</param>
    /// <param name="upgrade">Protocol to switch to, which makes the request a GET (RFC 8441 §5); empty for none.</param>
    /// <param name="destination">Where to write.</param>
    /// <param name="edits">What to change.</param>
    /// <param name="written">Bytes written; 0 when it did not fit.</param>
    /// <returns>False when the destination is too small.</returns>
    public static bool TryWriteRequest(
        in RequestView request, MessageFraming framing, long contentLength, ReadOnlySpan<byte> upgrade, Span<byte> destination,
        in HeadEdits edits, out int written)
    {
        var writer = new SpanWriter(destination);
        writer.Write(upgrade.IsEmpty ? request.Method : "GET"u8);
        writer.Write(" "u8);
        if (!edits.Target.IsEmpty) writer.Write(edits.Target);
        else WriteTarget(ref writer, request);
        writer.Write(" HTTP/1.1\r\nHost: "u8);
        writer.Write(edits.Authority.IsEmpty ? request.Authority : edits.Authority);
        writer.Write("\r\n"u8);

        bool cookies = false;
        foreach (ref readonly HeaderSlot slot in request.Fields.Slots)
        {
            ReadOnlySpan<byte> name = request.Fields.NameOf(slot);
            if (!IsForwarded(slot, name, edits)) continue;
            if (IsCookie(name)) cookies = true;
            else WriteField(ref writer, name, request.Fields.ValueOf(slot));
        }
        if (cookies) WriteCookies(ref writer, request.Fields);
        edits.WriteAdded(ref writer);
        WriteFraming(ref writer, framing, contentLength);
        if (!upgrade.IsEmpty)
        {
            writer.Write("Upgrade: "u8);
            writer.Write(upgrade);
            writer.Write(edits.Close ? "\r\nConnection: Upgrade, close\r\n"u8 : "\r\nConnection: Upgrade\r\n"u8);
        }
        else if (edits.Close)
        {
            writer.Write("Connection: close\r\n"u8);
        }
        return End(ref writer, out written);
    }

    /// <summary>Writes a response.</summary>
    /// <param name="response">The response.</param>
    /// <param name="framing">
    /// ContentLength leaves the message's own field; Chunked adds the coding; UntilClose and None add nothing.
    /// </param>
    /// <param name="upgrade">Protocol that was switched to, which makes the status 101; empty for none.</param>
    /// <inheritdoc cref="TryWriteRequest"/>
    public static bool TryWriteResponse(
        in ResponseView response, MessageFraming framing, ReadOnlySpan<byte> upgrade, Span<byte> destination, in HeadEdits edits, out int written)
    {
        int status = upgrade.IsEmpty ? response.Status : 101;
        var writer = new SpanWriter(destination);
        writer.Write("HTTP/1.1 "u8);
        writer.Write(status);
        writer.Write(" "u8);
        writer.Write(status == 101 ? "Switching Protocols"u8 : response.Reason.IsEmpty ? ReasonPhrases.For(status) : response.Reason);
        writer.Write("\r\n"u8);
        foreach (ref readonly HeaderSlot slot in response.Fields.Slots)
        {
            ReadOnlySpan<byte> name = response.Fields.NameOf(slot);
            bool length = slot.Id == KnownHeader.ContentLength && framing is MessageFraming.ContentLength or MessageFraming.None && status is not (< 200 or 204);
            if (length || IsForwarded(slot, name, edits)) WriteField(ref writer, name, response.Fields.ValueOf(slot));
        }
        edits.WriteAdded(ref writer);
        if (framing == MessageFraming.Chunked) WriteFraming(ref writer, framing, 0);
        if (!upgrade.IsEmpty)
        {
            writer.Write("Upgrade: "u8);
            writer.Write(upgrade);
            writer.Write("\r\nConnection: Upgrade\r\n"u8);
        }
        else if (edits.Close && status >= 200)
        {
            writer.Write("Connection: close\r\n"u8);
        }
        else if (edits.AnnounceKeepAlive && status >= 200)
        {
            writer.Write("Connection: keep-alive\r\n"u8);
        }
        return End(ref writer, out written);
    }

    /// <summary>Bytes around a chunk: eight hexadecimal digits and two line ends.</summary>
    public const int ChunkOverhead = 12;

    /// <summary>Writes one chunk; content must not be empty. The destination needs <see cref="ChunkOverhead"/> more than it.</summary>
    public static int WriteChunk(ReadOnlySpan<byte> content, Span<byte> destination)
    {
        int digits = 1;
        while (content.Length >> (digits * 4) != 0) digits++;
        for (int i = 0; i < digits; i++) destination[i] = "0123456789abcdef"u8[content.Length >> ((digits - 1 - i) * 4) & 15];
        "\r\n"u8.CopyTo(destination[digits..]);
        content.CopyTo(destination[(digits + 2)..]);
        "\r\n"u8.CopyTo(destination[(digits + 2 + content.Length)..]);
        return digits + 4 + content.Length;
    }

    /// <summary>Writes the end of a chunked body with its trailer fields. False when they do not fit.</summary>
    public static bool TryWriteEnd(in FieldsView trailers, Span<byte> destination, out int written)
    {
        var writer = new SpanWriter(destination);
        writer.Write("0\r\n"u8);
        foreach (ref readonly HeaderSlot slot in trailers.Slots)
        {
            if (!slot.IsHopByHop) WriteField(ref writer, trailers.NameOf(slot), trailers.ValueOf(slot));
        }
        return End(ref writer, out written);
    }

    private static void WriteTarget(ref SpanWriter writer, in RequestView request)
    {
        writer.Write(request.Path);
        if (!request.HasQuery) return;
        writer.Write("?"u8);
        writer.Write(request.Query);
    }

    private static bool IsForwarded(in HeaderSlot slot, ReadOnlySpan<byte> name, in HeadEdits edits) =>
        !slot.IsHopByHop && slot.Id is not (KnownHeader.Host or KnownHeader.ContentLength or KnownHeader.TransferEncoding or KnownHeader.Connection
            or KnownHeader.Upgrade or KnownHeader.KeepAlive or KnownHeader.ProxyConnection or KnownHeader.Te) && !edits.Removes(slot.Id, name);

    private static bool IsCookie(ReadOnlySpan<byte> name) => name.Length == 6 && Ascii.EqualsIgnoreCase(name, "cookie"u8);

    private static void WriteCookies(ref SpanWriter writer, in FieldsView fields)
    {
        ReadOnlySpan<byte> before = "Cookie: "u8;
        foreach (ref readonly HeaderSlot slot in fields.Slots)
        {
            if (slot.IsHopByHop || !IsCookie(fields.NameOf(slot))) continue;
            writer.Write(before);
            writer.Write(fields.ValueOf(slot));
            before = "; "u8;
        }
        writer.Write("\r\n"u8);
    }

    private static void WriteFraming(ref SpanWriter writer, MessageFraming framing, long contentLength)
    {
        if (framing == MessageFraming.Chunked)
        {
            writer.Write("Transfer-Encoding: chunked\r\n"u8);
        }
        else if (framing == MessageFraming.ContentLength)
        {
            writer.Write("Content-Length: "u8);
            writer.Write(contentLength);
            writer.Write("\r\n"u8);
        }
    }

    private static void WriteField(ref SpanWriter writer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        writer.Write(name);
        writer.Write(": "u8);
        writer.Write(value);
        writer.Write("\r\n"u8);
    }

    private static bool End(ref SpanWriter writer, out int written)
    {
        writer.Write("\r\n"u8);
        written = writer.Overflowed ? 0 : writer.Written;
        return !writer.Overflowed;
    }
}
