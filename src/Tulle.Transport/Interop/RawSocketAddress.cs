using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Tulle.Transport.Interop;

/// <summary><c>struct sockaddr_in</c> or <c>sockaddr_in6</c>, whichever the family says.</summary>
[StructLayout(LayoutKind.Sequential, Size = 28)]
internal unsafe struct RawSocketAddress
{
    private const ushort FamilyIPv4 = 2;
    private const ushort FamilyIPv6 = 10;
    private const int PortOffset = 2;
    private const int IPv4Offset = 4;
    private const int IPv6Offset = 8;
    private const int ScopeOffset = 24;

    private fixed byte _bytes[28];

    public readonly int Family => BitConverter.ToUInt16(Bytes);

    /// <summary>Length that the kernel wants with it.</summary>
    public readonly uint Length => Family == FamilyIPv4 ? 16u : 28u;

    public static RawSocketAddress From(IPEndPoint endpoint)
    {
        RawSocketAddress address = default;
        Span<byte> bytes = MemoryMarshal.CreateSpan(ref address._bytes[0], 28);
        bool v4 = endpoint.AddressFamily == AddressFamily.InterNetwork;
        BitConverter.TryWriteBytes(bytes, v4 ? FamilyIPv4 : FamilyIPv6);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[PortOffset..], (ushort)endpoint.Port);
        endpoint.Address.TryWriteBytes(bytes[(v4 ? IPv4Offset : IPv6Offset)..], out _);
        if (!v4) BitConverter.TryWriteBytes(bytes[ScopeOffset..], (uint)endpoint.Address.ScopeId);
        return address;
    }

    /// <summary>Allocates; not for the request path.</summary>
    public readonly IPEndPoint ToEndPoint()
    {
        ReadOnlySpan<byte> bytes = Bytes;
        int port = BinaryPrimitives.ReadUInt16BigEndian(bytes[PortOffset..]);
        return Family == FamilyIPv6
            ? new IPEndPoint(new IPAddress(bytes.Slice(IPv6Offset, 16), BitConverter.ToUInt32(bytes[ScopeOffset..])), port)
            : new IPEndPoint(new IPAddress(bytes.Slice(IPv4Offset, 4)), port);
    }

    private readonly ReadOnlySpan<byte> Bytes => MemoryMarshal.CreateReadOnlySpan(in _bytes[0], 28);
}
