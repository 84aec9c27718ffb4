using System.Text;

namespace Tulle.ApiServer.Protobuf;

/// <summary>Writes protobuf's wire format: the few shapes that OpenAPI documents need.</summary>
internal sealed class ProtobufWriter
{
    private const int LengthDelimited = 2;

    private readonly MemoryStream _buffer = new();

    public byte[] ToArray() => _buffer.ToArray();

    public void Text(int field, string? text)
    {
        if (!string.IsNullOrEmpty(text)) Bytes(field, Encoding.UTF8.GetBytes(text));
    }

    public void Message(int field, Action<ProtobufWriter> write)
    {
        var inner = new ProtobufWriter();
        write(inner);
        Bytes(field, inner.ToArray());
    }

    private void Bytes(int field, byte[] bytes)
    {
        Tag(field, LengthDelimited);
        Number((ulong)bytes.Length);
        _buffer.Write(bytes);
    }

    private void Tag(int field, int wireType) => Number(((ulong)field << 3) | (uint)wireType);

    private void Number(ulong value)
    {
        for (; value >= 0x80; value >>= 7) _buffer.WriteByte((byte)(value | 0x80));
        _buffer.WriteByte((byte)value);
    }
}
