namespace Tulle.Http.Http2.Hpack;

/// <summary>
/// What is known of a field from its name and value alone. Kept with table entries, so that a field that comes with every
/// request is examined once per connection.
/// </summary>
/// <param name="Id">Which known field it is.</param>
/// <param name="Pseudo">Which pseudo-header field it is.</param>
/// <param name="Problem">Why a message with it is malformed; None when nothing is wrong.</param>
internal readonly record struct FieldTraits(KnownHeader Id, PseudoHeader Pseudo, Http2ErrorKind Problem)
{
    /// <summary>Examines a field. RFC 9113 §8.2.1, §8.2.2, §8.3.</summary>
    public static FieldTraits Of(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (name.IsEmpty) return new(KnownHeader.Other, PseudoHeader.None, Http2ErrorKind.InvalidHeaderName);
        Http2ErrorKind problem = IsInvalid(value) ? Http2ErrorKind.InvalidHeaderValue : Http2ErrorKind.None;
        if (name[0] == ':')
        {
            PseudoHeader pseudo = IdentifyPseudo(name);
            return new(KnownHeader.Other, pseudo, pseudo == PseudoHeader.Unknown ? Http2ErrorKind.UnknownPseudoHeader : problem);
        }
        if (name.ContainsAnyExcept(Characters.LowerToken)) return new(KnownHeader.Other, PseudoHeader.None, Http2ErrorKind.InvalidHeaderName);
        KnownHeader id = HeaderNames.Identify(name);
        switch (id)
        {
            case KnownHeader.Connection or KnownHeader.KeepAlive or KnownHeader.ProxyConnection or KnownHeader.TransferEncoding or KnownHeader.Upgrade:
                problem = Http2ErrorKind.ConnectionSpecificHeader;
                break;
            case KnownHeader.Te when !value.SequenceEqual("trailers"u8):
                problem = Http2ErrorKind.ConnectionSpecificHeader;
                break;
            default:
                break;
        }
        return new(id, PseudoHeader.None, problem);
    }

    /// <summary>A control character but HTAB, or white space at an end: more than §8.2.1 forbids, so that the field may go into HTTP/1.1.</summary>
    private static bool IsInvalid(ReadOnlySpan<byte> value) =>
        !value.IsEmpty && (value[0] is (byte)' ' or (byte)'\t' || value[^1] is (byte)' ' or (byte)'\t' || value.ContainsAny(Characters.LineBreakers));

    private static PseudoHeader IdentifyPseudo(ReadOnlySpan<byte> name) => name.Length switch
    {
        5 when name.SequenceEqual(":path"u8) => PseudoHeader.Path,
        7 when name.SequenceEqual(":method"u8) => PseudoHeader.Method,
        7 when name.SequenceEqual(":scheme"u8) => PseudoHeader.Scheme,
        7 when name.SequenceEqual(":status"u8) => PseudoHeader.Status,
        9 when name.SequenceEqual(":protocol"u8) => PseudoHeader.Protocol,
        10 when name.SequenceEqual(":authority"u8) => PseudoHeader.Authority,
        _ => PseudoHeader.Unknown,
    };
}
