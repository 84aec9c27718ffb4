using Tulle.Protocol;
using Tulle.Proxy.Forwarding;
using Tulle.Transport;

namespace Tulle.Proxy.Outbound;

/// <summary>A connection of this workload's application. Loop thread only.</summary>
/// <param name="connection">The connection.</param>
/// <param name="authority">The one authority of this connection, or null where every request names its own.</param>
internal sealed class OutboundOrigin(Connection connection, byte[]? authority) : ClientOrigin(connection)
{
    public override Direction Direction => Direction.Outbound;

    /// <summary>The one authority of this connection, or null where every request names its own.</summary>
    public byte[]? Authority { get; } = authority;

    public override HttpSession NewSession(Worker worker, Connection? client, Downstream downstream) => new OutboundHttpSession(worker, client, downstream);
}
