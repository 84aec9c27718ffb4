using Tulle.Http.Http1;
using Tulle.Http.Http2.Hpack;

namespace Tulle.Http.Http2;

public sealed partial class Http2Head
{
    private const int MaxTargetBytes = 8 * 1024;
    private const int MaxMethodBytes = 32;

    private int _seenPseudo;
    private bool _hasHost;
    private bool _hostDiffers;
    private ByteRange _host;

    private bool Has(PseudoHeader pseudo) => (_seenPseudo & 1 << (int)pseudo) != 0;

    /// <summary>RFC 9113 §8.3: known ones, each once, before every other field.</summary>
    private void AddPseudo(PseudoHeader pseudo, ByteRange value)
    {
        if (_count > 0)
        {
            Fail(Http2ErrorKind.PseudoHeaderAfterField);
            return;
        }
        if (Has(pseudo)) Fail(Http2ErrorKind.RepeatedPseudoHeader);
        _seenPseudo |= 1 << (int)pseudo;
        switch (pseudo)
        {
            case PseudoHeader.Method:
                MethodText = value;
                break;
            case PseudoHeader.Scheme:
                Scheme = value;
                break;
            case PseudoHeader.Authority:
                Authority = value;
                break;
            case PseudoHeader.Path:
                Target = value;
                break;
            case PseudoHeader.Protocol:
                Protocol = value;
                break;
            case PseudoHeader.Status:
                AddStatus(value.In(_bytes));
                break;
            default:
                break;
        }
    }

    /// <summary>RFC 9113 §8.3.2: three digits.</summary>
    private void AddStatus(ReadOnlySpan<byte> text)
    {
        if (text.Length != 3 || text[0] is < (byte)'1' or > (byte)'9' || !Characters.IsDigit(text[1]) || !Characters.IsDigit(text[2]))
        {
            Fail(Http2ErrorKind.InvalidStatus);
            return;
        }
        Status = (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0');
    }

    private void AddContentLength(ReadOnlySpan<byte> text)
    {
        if (!ContentLengthReader.TryRead(text, out long length)) Fail(Http2ErrorKind.InvalidContentLength);
        else if (ContentLength >= 0 && ContentLength != length) Fail(Http2ErrorKind.InvalidContentLength);
        else ContentLength = length;
    }

    private void AddHost(ByteRange value)
    {
        _hostDiffers |= _hasHost;
        _hasHost = true;
        _host = value;
    }

    /// <summary>Checks a complete request head, RFC 9113 §8.3.1, RFC 8441 §4.</summary>
    internal void FinishRequest(bool allowsExtendedConnect)
    {
        if (Problem != Http2ErrorKind.None || IsTooLarge) return;
        if (Has(PseudoHeader.Status)) Fail(Http2ErrorKind.UnknownPseudoHeader);
        if (!Has(PseudoHeader.Method)) Fail(Http2ErrorKind.MissingPseudoHeader);
        ReadOnlySpan<byte> method = MethodText.In(_bytes);
        Method = MethodNames.Identify(method);
        if (Method == KnownMethod.Other && (method.IsEmpty || method.Length > MaxMethodBytes || method.ContainsAnyExcept(Characters.Token)))
            Fail(Http2ErrorKind.InvalidMethod);

        bool extended = Has(PseudoHeader.Protocol);
        if (extended && (!allowsExtendedConnect || Method != KnownMethod.Connect || Protocol.IsEmpty)) Fail(Http2ErrorKind.InvalidConnect);
        if (Method == KnownMethod.Connect && !extended)
        {
            // RFC 9113 §8.5: nothing but the authority.
            if (Has(PseudoHeader.Scheme) || Has(PseudoHeader.Path)) Fail(Http2ErrorKind.InvalidConnect);
            if (!AuthorityReader.IsValid(Authority.In(_bytes), needsPort: true)) Fail(Http2ErrorKind.InvalidConnect);
            return;
        }
        if (!Has(PseudoHeader.Scheme) || !Has(PseudoHeader.Path)) Fail(Http2ErrorKind.MissingPseudoHeader);
        ReadOnlySpan<byte> scheme = Scheme.In(_bytes);
        if (scheme.IsEmpty || !Characters.IsLetter(scheme[0]) || scheme.ContainsAnyExcept(Characters.Scheme)) Fail(Http2ErrorKind.InvalidScheme);
        FinishTarget(Target.In(_bytes));
        FinishAuthority();
    }

    /// <summary>Checks a complete response head.</summary>
    internal void FinishResponse()
    {
        if (Problem != Http2ErrorKind.None || IsTooLarge) return;
        if ((_seenPseudo & ~(1 << (int)PseudoHeader.Status)) != 0) Fail(Http2ErrorKind.UnknownPseudoHeader);
        if (!Has(PseudoHeader.Status)) Fail(Http2ErrorKind.MissingPseudoHeader);
        // RFC 9113 §8.6: HTTP/2 has no upgrade.
        if (Status == 101) Fail(Http2ErrorKind.InvalidStatus);
    }

    /// <summary>Checks complete trailers: RFC 9113 §8.1 forbids pseudo-header fields in them.</summary>
    internal void FinishTrailers()
    {
        if (_seenPseudo != 0) Fail(Http2ErrorKind.PseudoHeaderInTrailers);
    }

    private void FinishTarget(ReadOnlySpan<byte> target)
    {
        if (target.Length > MaxTargetBytes)
        {
            Fail(Http2ErrorKind.InvalidPath);
            return;
        }
        bool asterisk = Method == KnownMethod.Options && target.SequenceEqual("*"u8);
        if (!asterisk && (!target.StartsWith((byte)'/') || target.ContainsAnyExcept(Characters.Target)))
        {
            Fail(Http2ErrorKind.InvalidPath);
            return;
        }
        int mark = target.IndexOf((byte)'?');
        HasQuery = mark >= 0;
        Path = Target with { Length = HasQuery ? mark : target.Length };
        if (HasQuery) Query = new ByteRange(Target.Start + mark + 1, target.Length - mark - 1);
    }

    /// <summary>RFC 9113 §8.3.1: :authority replaces Host, and the two must not name different servers.</summary>
    private void FinishAuthority()
    {
        if (_hasHost)
        {
            if (!Has(PseudoHeader.Authority)) Authority = _host;
            else if (!_host.In(_bytes).SequenceEqual(Authority.In(_bytes))) _hostDiffers = true;
        }
        if (_hostDiffers) Fail(Http2ErrorKind.ConflictingAuthority);
        if (!AuthorityReader.IsValid(Authority.In(_bytes), needsPort: false)) Fail(Http2ErrorKind.InvalidAuthority);
    }
}
