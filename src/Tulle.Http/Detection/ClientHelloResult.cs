namespace Tulle.Http.Detection;

/// <summary>Outcome of reading a ClientHello.</summary>
public enum ClientHelloResult : byte
{
    NeedMore,
    Complete,

    /// <summary>TLS records, but no well-formed ClientHello within the limit.</summary>
    Invalid,

    /// <summary>Not a TLS handshake record.</summary>
    NotTls,
}
