using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Tulle.ApiServer.Errors;
using Tulle.ApiServer.Protobuf;

namespace Tulle.ApiServer.Tests.Protobuf;

public sealed class ProtobufDecoderTests
{
    [Fact]
    public void Decode_ConfigMap_GivesItsJson()
    {
        byte[] metadata = Message((1, "a"u8.ToArray()), (11, Message((1, "k"u8.ToArray()), (2, "v"u8.ToArray()))));
        byte[] body = Envelope("v1", "ConfigMap", Message((1, metadata), (2, Message((1, "x"u8.ToArray()), (2, "y"u8.ToArray()))), (3, Message((1, "b"u8.ToArray()), (2, [1, 2])))));
        var expected = JsonNode.Parse("""
            {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","labels":{"k":"v"}},"data":{"x":"y"},"binaryData":{"b":"AQI="}}
            """);
        JsonObject decoded = ProtobufDecoder.Decode(body);
        Assert.True(JsonNode.DeepEquals(expected, decoded), decoded.ToJsonString());
    }

    [Fact]
    public void Decode_FieldThatIsNotRead_IsRefusedUnlessEmpty()
    {
        ProtobufDecoder.Decode(Envelope("v1", "ConfigMap", Message((99, []))));
        ApiException error = Assert.Throws<ApiException>(() => ProtobufDecoder.Decode(Envelope("v1", "ConfigMap", Message((99, "x"u8.ToArray())))));
        Assert.Equal(415, error.Code);
        Assert.Contains("field 99 of ConfigMap", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_UnknownKind_SaysWhatIsRead()
    {
        ApiException error = Assert.Throws<ApiException>(() => ProtobufDecoder.Decode(Envelope("v1", "Widget", [])));
        Assert.Contains("application/json", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_AnyBytes_GivesAnObjectOrAStatus() => Gen.Byte.Array[0, 200].Sample(bytes =>
    {
        try
        {
            ProtobufDecoder.Decode([.. "k8s\0"u8, .. bytes]);
            ProtobufDecoder.Decode(Envelope("v1", "Service", bytes));
        }
        catch (ApiException e)
        {
            Assert.InRange(e.Code, 400, 415);
        }
    });

    private static byte[] Envelope(string apiVersion, string kind, byte[] raw) =>
        [.. "k8s\0"u8, .. Message((1, Message((1, Encoding.ASCII.GetBytes(apiVersion)), (2, Encoding.ASCII.GetBytes(kind)))), (2, raw))];

    private static byte[] Message(params (int Field, byte[] Value)[] fields)
    {
        var bytes = new List<byte>();
        foreach ((int field, byte[] value) in fields)
        {
            Varint(bytes, (uint)(field << 3 | 2));
            Varint(bytes, (uint)value.Length);
            bytes.AddRange(value);
        }
        return [.. bytes];
    }

    private static void Varint(List<byte> bytes, uint value)
    {
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
    }
}
