using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Tulle.Local.Supervision;

namespace Tulle.Local.Tests.Supervision;

public sealed class ListeningSocketsTests
{
    [Fact]
    public void Of_ProcessGroup_FindsWhereItListens()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var connected = new TcpClient();
        connected.Connect((IPEndPoint)listener.LocalEndpoint);
        IReadOnlyList<IPEndPoint> found = ListeningSockets.Of(OwnGroup());
        Assert.Contains((IPEndPoint)listener.LocalEndpoint, found);
        Assert.DoesNotContain((IPEndPoint)connected.Client.LocalEndPoint!, found);
    }

    [Fact]
    public void Of_NobodyThere_IsEmpty() => Assert.Empty(ListeningSockets.Of(int.MaxValue));

    // proc(5), /proc/self/stat: the fifth field, the third behind the program's name.
    private static int OwnGroup()
    {
        string stat = File.ReadAllText("/proc/self/stat");
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[2], CultureInfo.InvariantCulture);
    }
}
