using System.Buffers.Binary;

namespace Tulle.Http.Detection;

/// <summary>
/// Reads SNI and ALPN from a ClientHello that was peeked at, without taking part in the handshake (RFC 8446 §4.1.2, §5.1).
/// Nothing is verified; a real handshake still decides.
/// </summary>
public static class ClientHelloReader
{
    /// <summary>
    /// Largest handshake message that is read, in bytes: one full record. Hellos are 200 bytes to 2 KB, post-quantum key
    /// shares included.
    /// </summary>
    public const int MaxHelloBytes = 16 * 1024;

    private const int RecordHeader = 5;
    private const int HandshakeHeader = 4;
    private const int MaxRecordBytes = 16 * 1024;
    private const byte HandshakeRecord = 22;
    private const byte ClientHelloType = 1;

    /// <summary>Reads the hello from everything received so far; after NeedMore pass the same bytes with more behind them.</summary>
    /// <param name="input">Bytes from the start of the connection.</param>
    /// <param name="scratch">
    /// Where a hello that is split over several records is put together; it may be as short as the longest such hello that
    /// the caller wants to take, and <see cref="MaxHelloBytes"/> is always enough.
    /// </param>
    /// <param name="hello">Valid while both buffers are.</param>
    public static ClientHelloResult Read(ReadOnlySpan<byte> input, Span<byte> scratch, out ClientHello hello)
    {
        hello = default;
        int collected = 0;
        ReadOnlySpan<byte> rest = input;
        while (true)
        {
            if (rest.IsEmpty) return ClientHelloResult.NeedMore;
            if (rest[0] != HandshakeRecord || (rest.Length > 1 && rest[1] != 3))
                return rest.Length == input.Length ? ClientHelloResult.NotTls : ClientHelloResult.Invalid;
            if (rest.Length < RecordHeader) return ClientHelloResult.NeedMore;

            int recordLength = BinaryPrimitives.ReadUInt16BigEndian(rest[3..]);
            // RFC 8446 §5.1: no empty handshake fragments, and no more than 2^14 bytes.
            if (recordLength is 0 or > MaxRecordBytes) return ClientHelloResult.Invalid;
            ReadOnlySpan<byte> fragment = rest.Slice(RecordHeader, Math.Min(recordLength, rest.Length - RecordHeader));

            ReadOnlySpan<byte> message = fragment;
            if (collected > 0 || !HoldsWholeMessage(fragment))
            {
                // More of this very record may be on the way; only a record boundary makes copying necessary.
                if (fragment.Length < recordLength && collected == 0) return CheckStart(fragment);
                if (fragment.Length > scratch.Length - collected) return ClientHelloResult.Invalid;
                fragment.CopyTo(scratch[collected..]);
                collected += fragment.Length;
                message = scratch[..collected];
            }

            if (CheckStart(message) == ClientHelloResult.Invalid) return ClientHelloResult.Invalid;
            if (HoldsWholeMessage(message))
                return ParseHello(message.Slice(HandshakeHeader, MessageLength(message)), out hello);
            if (fragment.Length < recordLength) return ClientHelloResult.NeedMore;
            rest = rest[(RecordHeader + recordLength)..];
        }
    }

    private static ClientHelloResult CheckStart(ReadOnlySpan<byte> message)
    {
        if (message.Length >= 1 && message[0] != ClientHelloType) return ClientHelloResult.Invalid;
        if (message.Length >= HandshakeHeader && MessageLength(message) > MaxHelloBytes) return ClientHelloResult.Invalid;
        return ClientHelloResult.NeedMore;
    }

    private static bool HoldsWholeMessage(ReadOnlySpan<byte> message) =>
        message.Length >= HandshakeHeader && message.Length >= HandshakeHeader + MessageLength(message);

    private static int MessageLength(ReadOnlySpan<byte> message) => message[1] << 16 | message[2] << 8 | message[3];

    private static ClientHelloResult ParseHello(ReadOnlySpan<byte> body, out ClientHello hello)
    {
        hello = default;
        var reader = new LengthPrefixedReader(body);
        const int versionAndRandom = 2 + 32;
        if (!reader.TrySkip(versionAndRandom)
            || !reader.TryReadVector8(out _)   // session id
            || !reader.TryReadVector16(out _)  // cipher suites
            || !reader.TryReadVector8(out _))  // compression methods
            return ClientHelloResult.Invalid;
        // TLS 1.2 allows a hello without extensions (RFC 5246 §7.4.1.2).
        if (reader.IsAtEnd) return ClientHelloResult.Complete;
        if (!reader.TryReadVector16(out ReadOnlySpan<byte> extensions) || !reader.IsAtEnd) return ClientHelloResult.Invalid;
        return ParseExtensions(extensions, out hello) ? ClientHelloResult.Complete : ClientHelloResult.Invalid;
    }

    private static bool ParseExtensions(ReadOnlySpan<byte> extensions, out ClientHello hello)
    {
        const int serverNameExtension = 0;
        const int alpnExtension = 16;
        hello = default;
        ReadOnlySpan<byte> name = default, alpn = default;
        var reader = new LengthPrefixedReader(extensions);
        while (!reader.IsAtEnd)
        {
            if (!reader.TryReadUInt16(out int type) || !reader.TryReadVector16(out ReadOnlySpan<byte> data)) return false;
            if (type == serverNameExtension && !TryReadServerName(data, out name)) return false;
            if (type == alpnExtension && !TryReadAlpn(data, out alpn)) return false;
        }
        hello = new ClientHello(name, alpn);
        return true;
    }

    private static bool TryReadServerName(ReadOnlySpan<byte> data, out ReadOnlySpan<byte> name)
    {
        name = default;
        var outer = new LengthPrefixedReader(data);
        if (!outer.TryReadVector16(out ReadOnlySpan<byte> list) || !outer.IsAtEnd) return false;
        var names = new LengthPrefixedReader(list);
        // host_name (0) is the only type there is (RFC 6066 §3), and at most 255 bytes long as a DNS name.
        return names.TryReadByte(out byte type) && type == 0
            && names.TryReadVector16(out name) && name.Length is > 0 and <= 255 && names.IsAtEnd;
    }

    private static bool TryReadAlpn(ReadOnlySpan<byte> data, out ReadOnlySpan<byte> list)
    {
        var outer = new LengthPrefixedReader(data);
        if (!outer.TryReadVector16(out list) || !outer.IsAtEnd || list.IsEmpty) return false;
        var protocols = new LengthPrefixedReader(list);
        while (!protocols.IsAtEnd)
        {
            if (!protocols.TryReadVector8(out ReadOnlySpan<byte> protocol) || protocol.IsEmpty) return false;
        }
        return true;
    }
}
