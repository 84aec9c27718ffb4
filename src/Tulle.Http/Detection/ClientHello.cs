namespace Tulle.Http.Detection;

/// <summary>What a TLS client asks for, as parts of the input or of the scratch buffer that it was read with.</summary>
public readonly ref struct ClientHello
{
    internal ClientHello(ReadOnlySpan<byte> serverName, ReadOnlySpan<byte> alpnList)
    {
        ServerName = serverName;
        AlpnList = alpnList;
    }

    /// <summary>Host name of the server_name extension (RFC 6066 §3); empty when absent.</summary>
    public ReadOnlySpan<byte> ServerName { get; }

    /// <summary>The offered protocols as on the wire: each a length byte and that many bytes (RFC 7301 §3.1).</summary>
    public ReadOnlySpan<byte> AlpnList { get; }

    /// <summary>True when the client offers that protocol. Names are compared byte by byte.</summary>
    public bool Offers(ReadOnlySpan<byte> protocol)
    {
        ReadOnlySpan<byte> rest = AlpnList;
        while (!rest.IsEmpty)
        {
            int length = rest[0];
            if (rest.Slice(1, length).SequenceEqual(protocol)) return true;
            rest = rest[(1 + length)..];
        }
        return false;
    }
}
