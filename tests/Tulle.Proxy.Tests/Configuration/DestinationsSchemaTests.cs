using Google.Protobuf.Reflection;
using Tulle.Protocol;
using Tulle.Proxy.Configuration;

namespace Tulle.Proxy.Tests.Configuration;

/// <summary>Holds the rows of the file's schema against the messages.</summary>
public sealed class DestinationsSchemaTests
{
    // What a file need not say.
    private static readonly HashSet<string> Implied = ["tulle.v1.Destination.version", "tulle.v1.Destination.resolution", "tulle.v1.InboundPolicy.version"];

    [Fact]
    public void Destination_EveryField_CanBeWritten() => Check(Destination.Descriptor, DestinationsSchema.Destination, []);

    [Fact]
    public void InboundPolicy_EveryField_CanBeWritten() => Check(InboundPolicy.Descriptor, DestinationsSchema.Inbound, []);

    private static void Check(MessageDescriptor descriptor, JsonMessage schema, HashSet<(string, JsonMessage)> seen)
    {
        if (!seen.Add((descriptor.FullName, schema))) return;
        foreach (FieldDescriptor field in descriptor.Fields.InFieldNumberOrder())
        {
            if (Implied.Contains(field.FullName)) continue;
            JsonField? row = schema.Fields.SingleOrDefault(r => r.Number == field.FieldNumber);
            Assert.True(row is not null, $"{field.FullName} has no row");
            Assert.Equal(field.JsonName, row.Name);
            Assert.True(row.IsList == field.IsRepeated, $"{field.FullName} is a list, or not");
            Assert.True(KindsOf(field).Contains(row.Kind), $"{field.FullName} is a {field.FieldType}, its row a {row.Kind}");
            Assert.Equal(field.RealContainingOneof?.Name ?? "", row.OneOf);
            if (row.Kind == JsonKind.Choice)
                Assert.Equal(field.EnumType.Values.Select(v => v.Number).Where(n => n > 0), row.Choices.Select(c => c.Number).Where(n => n > 0));
            if (row.Kind == JsonKind.Message) Check(field.MessageType, row.Message!(), seen);
            if (row.Kind == JsonKind.WrappedList) Check(field.MessageType.Fields[1].MessageType, row.Message!(), seen);
        }
        Assert.Equal(descriptor.Fields.InFieldNumberOrder().Count(f => !Implied.Contains(f.FullName)), schema.Fields.Count);
    }

    private static JsonKind[] KindsOf(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.String or FieldType.Bytes => [JsonKind.Text],
        FieldType.Bool => [JsonKind.Boolean],
        FieldType.UInt32 or FieldType.UInt64 => [JsonKind.Number],
        FieldType.Int64 => [JsonKind.Number, JsonKind.Signed],
        FieldType.Double => [JsonKind.Fraction],
        FieldType.Enum => [JsonKind.Choice],
        _ => [JsonKind.Message, JsonKind.WrappedList],
    };
}
