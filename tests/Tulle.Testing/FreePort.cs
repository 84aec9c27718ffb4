using System.Net;
using System.Net.Sockets;

namespace Tulle.Testing;

/// <summary>Ports that nobody listens on.</summary>
public static class FreePort
{
    /// <summary>
    /// A port that was free a moment ago. The kernel hands out ephemeral ports round about, so that it is still free
    /// when the process under test binds it; prefer port 0 where the process can say which one it got.
    /// </summary>
    public static int Next(string address = "127.0.0.1")
    {
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
