namespace Tulle.Proxy.Pooling;

/// <summary>What a connection under mesh mTLS will carry; told to the other side by ALPN.</summary>
internal enum TlsPurpose : byte
{
    Http,
    Http2,
    Opaque,
}
