using System.Text;

namespace Tulle.Http.Http1;

/// <summary>
/// Checks Transfer-Encoding. Only "chunked" alone is taken: other codings are hop-by-hop, so a proxy that passed them on
/// would have to decode them, and every looser reading ("chunked, identity", "xchunked") is a smuggling vector.
/// </summary>
internal static class TransferEncodingReader
{
    public static Http1ErrorKind Check(ReadOnlySpan<byte> value)
    {
        if (Ascii.EqualsIgnoreCase(value, "chunked"u8)) return Http1ErrorKind.None;

        bool chunkedBefore = false, chunkedLast = false;
        var codings = new ListReader(value);
        while (codings.TryRead(out ReadOnlySpan<byte> coding))
        {
            chunkedBefore |= chunkedLast;
            chunkedLast = Ascii.EqualsIgnoreCase(coding, "chunked"u8);
        }

        // RFC 9112 §6.1: an understood framing with codings that are not implemented is 501; anything else is 400.
        return chunkedLast && !chunkedBefore && !value.Contains((byte)'"')
            ? Http1ErrorKind.UnsupportedTransferEncoding
            : Http1ErrorKind.InvalidTransferEncoding;
    }
}
