using Tulle.Http.Detection;
using Tulle.Proxy.Forwarding;
using Tulle.Transport;

namespace Tulle.Proxy.Outbound;

/// <summary>Which server the application's own TLS asks for (RFC 6066 §3).</summary>
internal static class ServerName
{
    /// <summary>
    /// Reads a client's ClientHello, which stays in the connection's receive buffer. Wait: more of it is needed. Done: it is whole, or
    /// it will never be one, and then there is no TLS.
    /// </summary>
    /// <param name="client">The connection. Its buffer grows if it must.</param>
    /// <param name="scratch">As for <see cref="ClientHelloReader.Read"/>.</param>
    /// <param name="isTls">Whether there is a well-formed ClientHello.</param>
    /// <param name="name">The name as the client wrote it; empty without.</param>
    public static Step Read(Connection client, Span<byte> scratch, out bool isTls, out byte[] name)
    {
        isTls = false;
        name = [];
        while (true)
        {
            ClientHelloResult result = ClientHelloReader.Read(client.Received, scratch, out ClientHello hello);
            if (result == ClientHelloResult.Complete)
            {
                isTls = true;
                name = hello.ServerName.ToArray();
            }
            if (result != ClientHelloResult.NeedMore) return Step.Done;
            IoStatus received = client.Receive();
            if (received == IoStatus.Wait) return Step.Wait;
            if (received != IoStatus.Done && (received != IoStatus.Full || !client.Grow())) return Step.Done;
        }
    }
}
