using System.Net;
using Tulle.Transport.Interop;

namespace Tulle.Transport;

/// <summary>An address to connect to, made once in the kernel's form so that connecting allocates only the connection.</summary>
public readonly struct PeerAddress
{
    internal readonly RawSocketAddress Value;

    /// <param name="endpoint">Address and port.</param>
    public PeerAddress(IPEndPoint endpoint) => Value = RawSocketAddress.From(endpoint);

    public override string ToString() => Value.ToEndPoint().ToString();
}
