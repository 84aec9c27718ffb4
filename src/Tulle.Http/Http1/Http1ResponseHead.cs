namespace Tulle.Http.Http1;

/// <summary>
/// A response's head (RFC 9112 §4, §5). Whether a body follows depends on the request, so <see cref="Reset"/> is told its
/// method. A refused response is the upstream's fault: answer 502.
/// </summary>
public sealed class Http1ResponseHead : Http1Head
{
    private const int VersionBytes = 8;

    private KnownMethod _requestMethod;

    /// <summary>A head that is ready to parse the response to a GET.</summary>
    /// <param name="limits">Limits; null for the defaults.</param>
    public Http1ResponseHead(Http1Limits? limits = null) : base(limits)
    {
    }

    /// <summary>Status code, 100 to 999.</summary>
    public int Status { get; private set; }

    /// <summary>Status code and reason phrase as sent.</summary>
    public ByteRange StatusText { get; private set; }

    /// <summary>1xx other than 101: another response to the same request follows (RFC 9110 §15.2).</summary>
    public bool IsInterim => Status is >= 100 and < 200 and not 101;

    /// <summary>
    /// Both sides speak something else after this head: 101, or 2xx to CONNECT (RFC 9110 §9.3.6). Everything that follows is
    /// opaque; <see cref="Http1Head.Framing"/> is None. Whether an upgrade was asked for is the caller's to check.
    /// </summary>
    public bool SwitchesProtocol { get; private set; }

    /// <summary>Makes the object ready for the next response on the connection.</summary>
    /// <param name="requestMethod">Method of the request that is being answered.</param>
    public void Reset(KnownMethod requestMethod)
    {
        ResetFields();
        _requestMethod = requestMethod;
        Status = 0;
        StatusText = default;
        SwitchesProtocol = false;
    }

    private protected override int StartLineLimit => Limits.HeadBytes;

    private protected override Http1ErrorKind StartLineTooLong => Http1ErrorKind.HeadTooLarge;

    private protected override bool SkipsEmptyLine => false;

    private protected override Http1ErrorKind ParseStartLine(ReadOnlySpan<byte> line, int offset)
    {
        if (line.Length < VersionBytes + 4 || line[VersionBytes] != ' ' || !line.StartsWith("HTTP/"u8)) return Http1ErrorKind.MalformedStartLine;
        ReadOnlySpan<byte> version = line[..VersionBytes];
        IsHttp11 = version.SequenceEqual("HTTP/1.1"u8);
        if (!IsHttp11 && !version.SequenceEqual("HTTP/1.0"u8)) return Http1ErrorKind.UnsupportedVersion;

        ReadOnlySpan<byte> status = line[(VersionBytes + 1)..];
        if (!Characters.IsDigit(status[0]) || !Characters.IsDigit(status[1]) || !Characters.IsDigit(status[2]) || status[0] == '0')
            return Http1ErrorKind.MalformedStartLine;
        // The space before an empty reason is required by the grammar and left out by many servers.
        if (status.Length > 3 && status[3] != ' ') return Http1ErrorKind.MalformedStartLine;

        Status = (status[0] - '0') * 100 + (status[1] - '0') * 10 + (status[2] - '0');
        StatusText = new ByteRange(offset + VersionBytes + 1, status.Length);
        return Http1ErrorKind.None;
    }

    private protected override Http1ErrorKind OnField(ReadOnlySpan<byte> buffer, ref HeaderSlot slot) => Http1ErrorKind.None;

    private protected override Http1ErrorKind OnFieldsComplete(ReadOnlySpan<byte> buffer)
    {
        bool tunnel = _requestMethod == KnownMethod.Connect && Status / 100 == 2;
        SwitchesProtocol = tunnel || Status == 101;

        // RFC 9110 §8.6, RFC 9112 §6.1: lengths have no business here, and a client that believed them would wait forever.
        if (tunnel || Status / 100 == 1 || Status == 204)
        {
            DropAll(KnownHeader.ContentLength);
            DropAll(KnownHeader.TransferEncoding);
            return Http1ErrorKind.None;
        }

        // What GET would have had, or what is cached: facts, not framing.
        if (_requestMethod == KnownMethod.Head || Status == 304) return Http1ErrorKind.None;

        if (HasTransferEncoding)
        {
            // RFC 9112 §6.3: Transfer-Encoding overrides, and the length must not be forwarded.
            DropAll(KnownHeader.ContentLength);
            Framing = MessageFraming.Chunked;
        }
        else if (ContentLength >= 0)
        {
            Framing = MessageFraming.ContentLength;
        }
        else
        {
            Framing = MessageFraming.UntilClose;
            KeepAlive = false;
        }
        return Http1ErrorKind.None;
    }
}
