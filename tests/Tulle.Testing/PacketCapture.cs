using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Tulle.Testing;

/// <summary>One TCP segment with a payload.</summary>
public sealed record CapturedSegment(IPEndPoint Source, IPEndPoint Destination, ReadOnlyMemory<byte> Payload);

/// <summary>What tcpdump saw on the loopback interface between <see cref="StartAsync"/> and <see cref="StopAsync"/>.</summary>
public sealed class PacketCapture : IAsyncDisposable
{
    private const uint MicrosecondMagic = 0xa1b2c3d4;
    private const int FileHeader = 24;
    private const int PacketHeader = 16;
    private const int EthernetHeader = 14;

    private readonly TemporaryFolder _folder = new();
    private readonly RunningProcess _tcpdump;

    private PacketCapture(string filter)
    {
        // -U writes every packet at once; -B gives the kernel 32 MB, since a load test outruns the default buffer.
        _tcpdump = RunningProcess.Start(Tcpdump(), ["-i", "lo", "-n", "-U", "-B", "32768", "-Z", "root", "-w", _folder.PathOf("capture.pcap"), filter]);
    }

    /// <param name="filter">A pcap-filter(7) expression.</param>
    public static async Task<PacketCapture> StartAsync(string filter)
    {
        PacketCapture capture = new(filter);
        await capture._tcpdump.WaitForTextAsync("listening on", Eventually.Patience);
        return capture;
    }

    /// <summary>Ends the capture and reads it.</summary>
    public async Task<IReadOnlyList<CapturedSegment>> StopAsync()
    {
        _tcpdump.Send(Signal.Interrupt);
        await _tcpdump.WaitForExitAsync(Eventually.Patience);
        return Read(await File.ReadAllBytesAsync(_folder.PathOf("capture.pcap")));
    }

    /// <summary>Whether a payload starts with a TLS record (RFC 8446 §5.1): a content type of 20–23 and version 3.1 or 3.3.</summary>
    public static bool IsTlsRecord(ReadOnlySpan<byte> payload) =>
        payload.Length >= 5 && payload[0] is >= 20 and <= 23 && payload[1] == 3 && payload[2] is 1 or 3;

    /// <summary>Whether a payload starts with a record of TLS application data.</summary>
    public static bool IsTlsApplicationData(ReadOnlySpan<byte> payload) => IsTlsRecord(payload) && payload[0] == 23;

    public static bool Contains(ReadOnlySpan<byte> payload, string text) => payload.IndexOf(Encoding.ASCII.GetBytes(text)) >= 0;

    public async ValueTask DisposeAsync()
    {
        await _tcpdump.DisposeAsync();
        _folder.Dispose();
    }

    private static string Tcpdump() =>
        new[] { "/usr/bin/tcpdump", "/usr/sbin/tcpdump" }.FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException("tcpdump is missing; install Debian's tcpdump");

    /// <summary>Reads a pcap file as tcpdump writes it for an Ethernet-like interface, IPv4 only.</summary>
    private static List<CapturedSegment> Read(ReadOnlyMemory<byte> file)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(file.Span) != MicrosecondMagic)
        {
            throw new InvalidOperationException("tcpdump wrote a format that is not little-endian microsecond pcap");
        }
        List<CapturedSegment> segments = [];
        int at = FileHeader;
        while (at + PacketHeader <= file.Length)
        {
            int length = (int)BinaryPrimitives.ReadUInt32LittleEndian(file.Span[(at + 8)..]);
            ReadOnlyMemory<byte> packet = file.Slice(at + PacketHeader, Math.Min(length, file.Length - at - PacketHeader));
            at += PacketHeader + length;
            if (Segment(packet) is { } segment)
            {
                segments.Add(segment);
            }
        }
        return segments;
    }

    private static CapturedSegment? Segment(ReadOnlyMemory<byte> packet)
    {
        const int IPv4 = 0x0800;
        const byte Tcp = 6;
        if (packet.Length < EthernetHeader + 40 || BinaryPrimitives.ReadUInt16BigEndian(packet.Span[12..]) != IPv4)
        {
            return null;
        }
        ReadOnlyMemory<byte> ip = packet[EthernetHeader..];
        int ipHeader = (ip.Span[0] & 0x0f) * 4;
        int total = BinaryPrimitives.ReadUInt16BigEndian(ip.Span[2..]);
        if (ip.Span[9] != Tcp || total > ip.Length)
        {
            return null;
        }
        ReadOnlyMemory<byte> tcp = ip[ipHeader..total];
        int tcpHeader = (tcp.Span[12] >> 4) * 4;
        return tcp.Length <= tcpHeader
            ? null
            : new CapturedSegment(
                new IPEndPoint(new IPAddress(ip.Span[12..16]), BinaryPrimitives.ReadUInt16BigEndian(tcp.Span)),
                new IPEndPoint(new IPAddress(ip.Span[16..20]), BinaryPrimitives.ReadUInt16BigEndian(tcp.Span[2..])),
                tcp[tcpHeader..]);
    }
}
