using System.Buffers.Binary;
using System.Text;
using Tulle.Http.Http2;
using Tulle.Http.Http2.Hpack;

namespace Tulle.Http.Tests.Http2;

/// <summary>Builds frames byte by byte, right ones and wrong ones, and reads them back as text.</summary>
internal static class Frames
{
    public const int EndStream = 1, Ack = 1, EndHeaders = 4, Padded = 8, Priority = 0x20;

    /// <summary>A whole request head, END_HEADERS and END_STREAM.</summary>
    public const int Whole = EndStream | EndHeaders;

    public static readonly byte[] Preface = Http2Connection.Preface.ToArray();

    public static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(part => part)];

    public static byte[] Repeat(int times, Func<int, byte[]> part) => Join([.. Enumerable.Range(0, times).Select(part)]);

    public static byte[] Raw(int type, int flags, int stream, params byte[] payload) => Announced(payload.Length, type, flags, stream, payload);

    /// <summary>A frame whose header announces another length than its payload has.</summary>
    public static byte[] Announced(int length, int type, int flags, int stream, params byte[] payload)
    {
        var frame = new byte[Http2FrameHeader.Size + payload.Length];
        new Http2FrameHeader(length, (Http2FrameType)type, (Http2FrameFlags)flags, stream).Write(frame);
        payload.CopyTo(frame, Http2FrameHeader.Size);
        return frame;
    }

    public static byte[] Data(int stream, int flags, string content) => Raw(0, flags, stream, Encoding.ASCII.GetBytes(content));

    public static byte[] Headers(int stream, int flags, params byte[] block) => Raw(1, flags, stream, block);

    public static byte[] Continuation(int stream, int flags, params byte[] block) => Raw(9, flags, stream, block);

    public static byte[] Reset(int stream, Http2ErrorCode code = Http2ErrorCode.Cancel) => Raw(3, 0, stream, Number((uint)code));

    public static byte[] Settings(params (int Id, uint Value)[] settings) =>
        Raw(4, 0, 0, [.. settings.SelectMany(s => (byte[])[(byte)(s.Id >> 8), (byte)s.Id, .. Number(s.Value)])]);

    public static byte[] SettingsAck => Raw(4, Ack, 0);

    public static byte[] Ping(int flags = 0) => Raw(6, flags, 0, 1, 2, 3, 4, 5, 6, 7, 8);

    public static byte[] GoAway(int last, Http2ErrorCode code = Http2ErrorCode.NoError) => Raw(7, 0, 0, [.. Number((uint)last), .. Number((uint)code)]);

    public static byte[] Window(int stream, uint increment) => Raw(8, 0, stream, Number(increment));

    public static byte[] Number(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    /// <summary>A field block of literals without indexing, one per "name: value".</summary>
    public static byte[] Block(params string[] fields) => [.. fields.SelectMany(Field)];

    /// <summary>GET http://a/ and more fields.</summary>
    public static byte[] Get(params string[] more) => Block([":method: GET", ":scheme: http", ":path: /", ":authority: a", .. more]);

    /// <summary>POST http://a/ and more fields.</summary>
    public static byte[] Post(params string[] more) => Block([":method: POST", ":scheme: http", ":path: /", ":authority: a", .. more]);

    private static byte[] Field(string field)
    {
        int colon = field.IndexOf(':', 1);
        byte[] name = Encoding.Latin1.GetBytes(field[..colon]), value = Encoding.Latin1.GetBytes(field[(colon + 1)..].StartsWith(' ') ? field[(colon + 2)..] : field[(colon + 1)..]);
        return [0, .. Text(name), .. Text(value)];
    }

    private static byte[] Text(byte[] text)
    {
        var length = new byte[HpackInteger.MaxBytes];
        return [.. length[..HpackInteger.Write(length, 0, 7, text.Length)], .. text];
    }

    /// <summary>Frames as text, such as "reset 1 Cancel".</summary>
    public static string Describe(ReadOnlySpan<byte> bytes)
    {
        var text = new List<string>();
        while (!bytes.IsEmpty)
        {
            Http2FrameHeader header = Http2FrameHeader.Read(bytes);
            ReadOnlySpan<byte> payload = bytes.Slice(Http2FrameHeader.Size, header.Length);
            bytes = bytes[(Http2FrameHeader.Size + header.Length)..];
            bool first = ((int)header.Flags & 1) != 0;
            text.Add(header.Type switch
            {
                Http2FrameType.Settings => first ? "settings ack" : "settings",
                Http2FrameType.Ping => first ? $"ping ack {Convert.ToHexString(payload)}" : "ping",
                Http2FrameType.RstStream => $"reset {header.StreamId} {(Http2ErrorCode)BinaryPrimitives.ReadUInt32BigEndian(payload)}",
                Http2FrameType.GoAway => $"goaway {BinaryPrimitives.ReadInt32BigEndian(payload)} {(Http2ErrorCode)BinaryPrimitives.ReadUInt32BigEndian(payload[4..])}",
                Http2FrameType.WindowUpdate => $"window {header.StreamId} {BinaryPrimitives.ReadInt32BigEndian(payload)}",
                Http2FrameType.Data => $"data {header.StreamId} {header.Length}{(first ? " end" : "")}",
                _ => $"{header.Type.ToString().ToLowerInvariant()} {header.StreamId} {header.Length}{(first ? " end" : "")}",
            });
        }
        return string.Join("; ", text);
    }
}
