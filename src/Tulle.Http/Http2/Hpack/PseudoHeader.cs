namespace Tulle.Http.Http2.Hpack;

/// <summary>Pseudo-header fields, RFC 9113 §8.3 and RFC 8441 §4.</summary>
internal enum PseudoHeader : byte
{
    /// <summary>An ordinary field.</summary>
    None,
    Method,
    Scheme,
    Authority,
    Path,
    Protocol,
    Status,

    /// <summary>Begins with a colon and is none of them.</summary>
    Unknown,
}
