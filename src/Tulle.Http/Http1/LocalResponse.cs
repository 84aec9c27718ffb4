namespace Tulle.Http.Http1;

/// <summary>Responses that the mesh makes itself.</summary>
public static class LocalResponse
{
    /// <summary>An error's fixed part with the longest reason phrase fits in this; add the lengths of reason and text.</summary>
    public const int OverheadBytes = 256;

    /// <summary>The interim response that lets a client send its body (RFC 9110 §15.2.1).</summary>
    public static ReadOnlySpan<byte> Continue => "HTTP/1.1 100 Continue\r\n\r\n"u8;

    /// <summary>The answer to a CONNECT whose tunnel is up (RFC 9110 §9.3.6).</summary>
    public static ReadOnlySpan<byte> ConnectEstablished => "HTTP/1.1 200 Connection Established\r\n\r\n"u8;

    /// <summary>The answer to a client that goes on in HTTP/2 from here (RFC 7540 §3.2).</summary>
    public static ReadOnlySpan<byte> SwitchingToHttp2 => "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"u8;

    /// <summary>
    /// Writes an error: status, a line of plain text, and a header that tells it from the application's own errors.
    /// </summary>
    /// <param name="destination">Where to write.</param>
    /// <param name="status">Status code.</param>
    /// <param name="errorHeader">Name of the header, <c>tulle-error</c>.</param>
    /// <param name="reason">Its value: a short token such as <c>no-endpoints</c>.</param>
    /// <param name="text">Body, one sentence without a line end.</param>
    /// <param name="close">The connection ends with this response.</param>
    /// <param name="method">Method of the request: the answer to HEAD has no body.</param>
    /// <param name="written">Bytes written; 0 when it did not fit.</param>
    /// <returns>False when the destination is too small.</returns>
    public static bool TryWriteError(
        Span<byte> destination, int status, ReadOnlySpan<byte> errorHeader, ReadOnlySpan<byte> reason, ReadOnlySpan<byte> text,
        bool close, KnownMethod method, out int written)
    {
        var writer = new SpanWriter(destination);
        writer.Write("HTTP/1.1 "u8);
        writer.Write(status);
        writer.Write(" "u8);
        writer.Write(ReasonPhrases.For(status));
        writer.Write("\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: "u8);
        writer.Write(text.Length + 1);
        writer.Write("\r\n"u8);
        writer.Write(errorHeader);
        writer.Write(": "u8);
        writer.Write(reason);
        // Keep-alive is said too: an HTTP/1.0 client that asked for it needs the word (RFC 9112 §9.3).
        writer.Write(close ? "\r\nConnection: close\r\n\r\n"u8 : "\r\nConnection: keep-alive\r\n\r\n"u8);
        if (method != KnownMethod.Head)
        {
            writer.Write(text);
            writer.Write("\n"u8);
        }
        written = writer.Overflowed ? 0 : writer.Written;
        return !writer.Overflowed;
    }

    /// <summary>Writes a whole response with its length.</summary>
    /// <param name="destination">Where to write.</param>
    /// <param name="status">Status code.</param>
    /// <param name="fields">Fields beside Content-Length and Connection.</param>
    /// <param name="body">The body; empty for none.</param>
    /// <param name="close">The connection ends with this response.</param>
    /// <param name="method">Method of the request: the answer to HEAD has no body.</param>
    /// <param name="written">Bytes written; 0 when it did not fit.</param>
    /// <returns>False when the destination is too small.</returns>
    public static bool TryWrite(
        Span<byte> destination, int status, IReadOnlyList<FieldLine> fields, ReadOnlySpan<byte> body, bool close, KnownMethod method, out int written)
    {
        var writer = new SpanWriter(destination);
        writer.Write("HTTP/1.1 "u8);
        writer.Write(status);
        writer.Write(" "u8);
        writer.Write(ReasonPhrases.For(status));
        writer.Write("\r\n"u8);
        for (int i = 0; i < fields.Count; i++) writer.Write(fields[i].Line);
        // RFC 9110 §8.6: never with 1xx and 204.
        if (status >= 200 && status != 204)
        {
            writer.Write("content-length: "u8);
            writer.Write(body.Length);
            writer.Write("\r\n"u8);
        }
        // Keep-alive is said too: an HTTP/1.0 client that asked for it needs the word (RFC 9112 §9.3).
        writer.Write(close ? "Connection: close\r\n\r\n"u8 : "Connection: keep-alive\r\n\r\n"u8);
        if (method != KnownMethod.Head && status != 304) writer.Write(body);
        written = writer.Overflowed ? 0 : writer.Written;
        return !writer.Overflowed;
    }
}
