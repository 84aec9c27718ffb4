using System.Text;

namespace Tulle.Http.Http1;

/// <summary>A request's head (RFC 9112 §3, §5), parsed strictly: what two servers could read differently is refused.</summary>
public sealed class Http1RequestHead : Http1Head
{
    private const int MaxMethodBytes = 32;
    private const int VersionBytes = 8;

    private RequestTarget _target;
    private ByteRange _http2Settings;
    private int _http2SettingsFields;

    /// <summary>A head that is ready to parse.</summary>
    /// <param name="limits">Limits; null for the defaults.</param>
    public Http1RequestHead(Http1Limits? limits = null) : base(limits)
    {
    }

    /// <summary>The method's id.</summary>
    public KnownMethod Method { get; private set; }

    /// <summary>The method as sent.</summary>
    public ByteRange MethodText { get; private set; }

    /// <summary>The whole target as sent.</summary>
    public ByteRange Target { get; private set; }

    /// <summary>The target's form.</summary>
    public TargetForm TargetForm => _target.Form;

    /// <summary>The target's scheme; empty unless absolute.</summary>
    public ByteRange Scheme => _target.Scheme;

    /// <summary>
    /// host[:port] that the request is for: of an absolute target or of CONNECT, which replace Host (RFC 9112 §3.2.2),
    /// else the value of Host; empty in HTTP/1.0 without Host, or when Host is empty.
    /// </summary>
    public ByteRange Authority => _target.Form is TargetForm.Absolute or TargetForm.Authority ? _target.Authority : Host;

    /// <summary>Value of the Host field as sent.</summary>
    public ByteRange Host { get; private set; }

    /// <summary>The path without the query; see <see cref="PathIn"/> for its text.</summary>
    public ByteRange Path => _target.Path;

    /// <summary>What follows '?'.</summary>
    public ByteRange Query => _target.Query;

    /// <summary>The target has a '?'.</summary>
    public bool HasQuery => _target.HasQuery;

    /// <summary>
    /// The client waits for 100 Continue before it sends the body (RFC 9110 §10.1.1; ignored in HTTP/1.0). The field is
    /// forwarded, so the application's own 100 answers it.
    /// </summary>
    public bool ExpectsContinue { get; private set; }

    /// <summary>
    /// The client asks to switch protocols, and Connection says so (RFC 9110 §7.8). Never for h2c: a proxy that let an
    /// unseen HTTP/2 connection through would be bypassed by every request in it, so that upgrade goes no further than
    /// <see cref="Http2Settings"/>.
    /// </summary>
    public bool WantsUpgrade { get; private set; }

    /// <summary>Value of the Upgrade field; empty unless <see cref="WantsUpgrade"/>.</summary>
    public ByteRange UpgradeProtocols => WantsUpgrade ? Headers[UpgradeSlot].Value : default;

    /// <summary>
    /// The SETTINGS, in base64url, of a client that wants to go on in HTTP/2 on this connection (RFC 7540 §3.2; RFC 9113 §3.1 drops
    /// it, but curl, nghttp and Java's HttpClient ask so). Empty unless it asks as §3.2.1 demands: Connection names Upgrade and
    /// HTTP2-Settings, and there is exactly one of the latter. Empty with a body too, which would have to be read before the
    /// switch; whoever sends one is served in HTTP/1.1, as §3.2 allows.
    /// </summary>
    public ByteRange Http2Settings { get; private set; }

    /// <summary>Text of the path without the query, "/" when an absolute target has none.</summary>
    public ReadOnlySpan<byte> PathIn(ReadOnlySpan<byte> buffer) =>
        _target.Form == TargetForm.Absolute && _target.Path.IsEmpty ? "/"u8 : _target.Path.In(buffer);

    /// <summary>There is a Host field, maybe empty.</summary>
    internal bool HasHost { get; private set; }

    /// <summary>Makes the object ready for the next request.</summary>
    public void Reset()
    {
        ResetFields();
        _target = default;
        HasHost = false;
        Method = KnownMethod.Other;
        MethodText = default;
        Target = default;
        Host = default;
        ExpectsContinue = false;
        WantsUpgrade = false;
        Http2Settings = default;
        _http2SettingsFields = 0;
    }

    private protected override int StartLineLimit => MaxMethodBytes + 1 + Limits.TargetBytes + 1 + VersionBytes + 2;

    private protected override Http1ErrorKind StartLineTooLong => Http1ErrorKind.TargetTooLong;

    private protected override bool SkipsEmptyLine => true;

    private protected override Http1ErrorKind ParseStartLine(ReadOnlySpan<byte> line, int offset)
    {
        int methodLength = line.IndexOf((byte)' ');
        int targetEnd = line.Length - VersionBytes - 1;
        if (methodLength < 0 || targetEnd <= methodLength || line[targetEnd] != ' ') return Http1ErrorKind.MalformedStartLine;

        ReadOnlySpan<byte> version = line[(targetEnd + 1)..];
        if (!version.StartsWith("HTTP/"u8)) return Http1ErrorKind.MalformedStartLine;
        IsHttp11 = version.SequenceEqual("HTTP/1.1"u8);
        if (!IsHttp11 && !version.SequenceEqual("HTTP/1.0"u8)) return WrongVersion(version);

        MethodText = new ByteRange(offset, methodLength);
        ReadOnlySpan<byte> method = line[..methodLength];
        Method = MethodNames.Identify(method);
        if (Method == KnownMethod.Other && (method.IsEmpty || method.Length > MaxMethodBytes || method.ContainsAnyExcept(Characters.Token)))
            return Http1ErrorKind.InvalidMethod;

        int targetStart = methodLength + 1;
        if (targetEnd - targetStart > Limits.TargetBytes) return Http1ErrorKind.TargetTooLong;
        if (targetEnd <= targetStart) return Http1ErrorKind.MalformedStartLine;
        Target = new ByteRange(offset + targetStart, targetEnd - targetStart);
        return RequestTarget.TryParse(line[targetStart..targetEnd], offset + targetStart, Method, out _target)
            ? Http1ErrorKind.None
            : Http1ErrorKind.InvalidTarget;
    }

    private static Http1ErrorKind WrongVersion(ReadOnlySpan<byte> version) =>
        Characters.IsDigit(version[5]) && version[6] == '.' && Characters.IsDigit(version[7])
            ? Http1ErrorKind.UnsupportedVersion
            : Http1ErrorKind.MalformedStartLine;

    private protected override Http1ErrorKind OnField(ReadOnlySpan<byte> buffer, ref HeaderSlot slot)
    {
        switch (slot.Id)
        {
            case KnownHeader.Host:
                if (HasHost) return Http1ErrorKind.RepeatedHost;
                HasHost = true;
                Host = slot.Value;
                // An empty Host is right when the target has no authority (RFC 9110 §7.2).
                return Host.IsEmpty || AuthorityReader.IsValid(Host.In(buffer), needsPort: false)
                    ? Http1ErrorKind.None
                    : Http1ErrorKind.InvalidHost;
            case KnownHeader.Expect:
                ExpectsContinue |= IsHttp11 && Ascii.EqualsIgnoreCase(slot.Value.In(buffer), "100-continue"u8);
                return Http1ErrorKind.None;
            case KnownHeader.ProxyAuthorization:
                // Credentials for the proxy that is addressed as such, which is us (RFC 9110 §11.7.2).
                if (_target.Form is TargetForm.Absolute or TargetForm.Authority) Drop(ref slot);
                return Http1ErrorKind.None;
            case KnownHeader.Http2Settings:
                // RFC 7540 §3.2.1: not to be forwarded, whether Connection says so or not.
                Drop(ref slot);
                _http2Settings = slot.Value;
                _http2SettingsFields++;
                return Http1ErrorKind.None;
            default:
                return Http1ErrorKind.None;
        }
    }

    private protected override Http1ErrorKind OnFieldsComplete(ReadOnlySpan<byte> buffer)
    {
        if (IsHttp11 && !HasHost) return Http1ErrorKind.MissingHost;
        if (HasTransferEncoding && ContentLength >= 0) return Http1ErrorKind.LengthAndTransferEncoding;
        // RFC 9110 §9.3.6 gives it no meaning, so one side might take the bytes for the tunnel's and the other not.
        if (Method == KnownMethod.Connect && (HasTransferEncoding || ContentLength > 0)) return Http1ErrorKind.ConnectWithBody;

        // RFC 9112 §6.3: a request without either has no body.
        if (HasTransferEncoding) Framing = MessageFraming.Chunked;
        else if (ContentLength >= 0) Framing = MessageFraming.ContentLength;

        if (!IsHttp11 || UpgradeSlot < 0 || (Options & ConnectionOptions.Upgrade) == 0) return Http1ErrorKind.None;
        WantsUpgrade = !Lists(Headers[UpgradeSlot].Value.In(buffer), "h2c"u8);
        if (!WantsUpgrade && _http2SettingsFields == 1 && HasNoBody && Method != KnownMethod.Connect && NominatesHttp2Settings(buffer))
            Http2Settings = _http2Settings;
        return Http1ErrorKind.None;
    }

    private bool HasNoBody => Framing == MessageFraming.None || ContentLength == 0;

    private bool NominatesHttp2Settings(ReadOnlySpan<byte> buffer)
    {
        foreach (ref readonly HeaderSlot slot in Headers)
        {
            if (slot.Id == KnownHeader.Connection && Lists(slot.Value.In(buffer), "http2-settings"u8)) return true;
        }
        return false;
    }

    private static bool Lists(ReadOnlySpan<byte> list, ReadOnlySpan<byte> item)
    {
        var items = new ListReader(list);
        while (items.TryRead(out ReadOnlySpan<byte> candidate))
        {
            if (Ascii.EqualsIgnoreCase(candidate, item)) return true;
        }
        return false;
    }
}
