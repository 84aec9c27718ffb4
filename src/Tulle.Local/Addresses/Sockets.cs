using System.Net;
using System.Net.Sockets;

namespace Tulle.Local.Addresses;

/// <summary>Asks the kernel whether a port can be had.</summary>
internal static class Sockets
{
    public static bool CanListen(IPAddress address, int port)
    {
        try
        {
            using Socket socket = Bind(address, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>A port that nobody listens on now.</summary>
    public static int FreePort(IPAddress address)
    {
        using Socket socket = Bind(address, 0);
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>A listening socket, which keeps others off the address.</summary>
    /// <exception cref="SocketException">Somebody listens there.</exception>
    public static Socket Bind(IPAddress address, int port)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(1);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
