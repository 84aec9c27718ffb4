using System.Net;

namespace Tulle.Local.Addresses;

/// <summary>Private ports on 127.0.0.1, of applications and of the mesh's own servers.</summary>
/// <param name="octet">The mesh's: meshes look for ports in different places.</param>
internal sealed class AppPorts(int octet)
{
    // Below the kernel's range for outgoing connections (32768 on), which could take a port between choosing and listening.
    private const int First = 20000;
    private const int Count = 12000;

    private readonly HashSet<int> _given = [];
    private int _next = octet * 97 % Count;

    /// <summary>Keeps ports of running applications from being given again.</summary>
    public void Reserve(IEnumerable<int> ports) => _given.UnionWith(ports);

    /// <summary>Ports of last time, each where it is still to be had: kubeconfigs and running sidecars know them. Never one twice.</summary>
    /// <param name="last">Ports of last time; 0 where there was none.</param>
    public int[] KeepOrChoose(IReadOnlyList<int> last)
    {
        // All that are kept are known before the first new one is chosen, which must be none of them.
        bool[] kept = [.. last.Select(port => port > 0 && Sockets.CanListen(IPAddress.Loopback, port) && _given.Add(port))];
        return [.. last.Select((port, i) => kept[i] ? port : Next())];
    }

    public int Next()
    {
        for (int i = 0; i < Count; i++)
        {
            int port = First + (_next++ % Count);
            if (!_given.Contains(port) && Sockets.CanListen(IPAddress.Loopback, port))
            {
                _given.Add(port);
                return port;
            }
        }
        throw new InvalidOperationException($"every port of 127.0.0.1 from {First} to {First + Count - 1} is taken; stop programs that listen there");
    }
}
