using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tulle.Local.Addresses;

/// <summary>
/// The loopback addresses of one mesh: 127.OCTET.0.0/16, held for as long as the mesh runs, so that meshes of several
/// state folders (or users) on one machine never share an address.
/// </summary>
internal sealed class AddressBlock : IDisposable
{
    // 127.0 and 127.1 are in common use, 127.53 is systemd-resolved's stub.
    private const int FirstOctet = 64;
    private const int Octets = 128;

    // Port of the block's own address that marks it as taken; any fixed one will do.
    private const int MarkPort = 15099;

    // The block's first address is the mesh's own.
    private const int FirstReplica = 2;

    // Addresses for replicas of the Compose file; from here on they are for `tulle run`.
    private const int JoinedFrom = 0x8000;

    private readonly Socket _mark;

    private AddressBlock(int octet, Socket mark)
    {
        Octet = octet;
        _mark = mark;
    }

    public int Octet { get; }

    /// <summary>Takes the block of last time, or another one that no mesh uses.</summary>
    /// <param name="home">State folder: from it comes the first guess, so that a folder tends to keep its block.</param>
    /// <param name="last">Octet of last time; 0 for none.</param>
    /// <param name="ownsRunning">Whether sidecars of last time still run and hold their addresses.</param>
    public static AddressBlock Take(string home, int last, bool ownsRunning)
    {
        uint hash = Encoding.UTF8.GetBytes(home).Aggregate(2166136261u, (value, b) => (value ^ b) * 16777619u);
        IEnumerable<int> candidates = Enumerable.Range(0, Octets).Select(i => FirstOctet + (int)((hash + (uint)i) % Octets));
        if (last > 0) candidates = candidates.Prepend(last);
        foreach (int octet in candidates)
        {
            bool own = octet == last && ownsRunning;
            // Sidecars outlive a mesh that was killed: their addresses are taken though the mark is not.
            if (!own && !Sockets.CanListen(Replica(octet, FirstReplica), ReplicaPorts.Outbound)) continue;
            try
            {
                return new AddressBlock(octet, Sockets.Bind(new IPAddress([127, (byte)octet, 0, 1]), MarkPort));
            }
            catch (SocketException)
            {
                continue;
            }
        }
        throw new InvalidOperationException("every block of loopback addresses 127.64-191.0.0/16 is taken by another mesh; stop one with 'tulle down'");
    }

    /// <summary>An address that none of the given ones is.</summary>
    public static IPAddress Next(int octet, IReadOnlySet<string> taken, bool joined = false)
    {
        for (int number = joined ? JoinedFrom : FirstReplica; number < (joined ? 0xff00 : JoinedFrom); number++)
        {
            // x.x.x.0 and x.x.x.255 are avoided because people mistake them for networks and broadcasts.
            if ((number & 0xff) is 0 or 0xff) continue;
            IPAddress address = Replica(octet, number);
            if (!taken.Contains(address.ToString())) return address;
        }
        throw new InvalidOperationException("the mesh has no loopback address left; run fewer replicas");
    }

    private static IPAddress Replica(int octet, int number) => new([127, (byte)octet, (byte)(number >> 8), (byte)number]);

    public void Dispose() => _mark.Dispose();
}
