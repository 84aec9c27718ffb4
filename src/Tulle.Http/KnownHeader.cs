namespace Tulle.Http;

/// <summary>Header fields that decide about framing, routing or the connection.</summary>
public enum KnownHeader : byte
{
    /// <summary>Any other field.</summary>
    Other,
    Host,
    Connection,
    ContentLength,
    TransferEncoding,
    Upgrade,
    Expect,
    KeepAlive,
    ProxyConnection,
    ProxyAuthorization,
    Te,
    Http2Settings,
}
