using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Tulle.Model.Documents;

namespace Tulle.Model.Tests.Documents;

public sealed class JsonNodesTests
{
    [Fact]
    public void ToJson_FromJson_AnyMapping_KeepsTheValue()
    {
        NodeGenerators.Mapping.Sample(mapping => JsonNodes.FromJson(JsonNodes.ToJson(mapping)).SameValue(mapping));
    }

    [Fact]
    public void ToJson_ReadAsJson_AnyMapping_KeepsTheValue()
    {
        NodeGenerators.Mapping.Sample(mapping =>
        {
            ReadResult read = DocumentReader.ReadJson(Encoding.UTF8.GetBytes(JsonNodes.ToJson(mapping).ToJsonString()));
            return !read.HasErrors && read.Documents[0].SameValue(mapping);
        });
    }

    [Fact]
    public void ToJson_ReadAsYaml_AnyMapping_KeepsTheValue()
    {
        // JSON is YAML, so what is written as one reads the same as the other.
        NodeGenerators.Mapping.Where(mapping => mapping.Entries.Count > 0).Sample(mapping =>
        {
            ReadResult read = DocumentReader.ReadYaml(JsonNodes.ToJson(mapping).ToJsonString());
            return !read.HasErrors && read.Documents[0].SameValue(mapping);
        });
    }

    [Fact]
    public void ToJson_Scalars_HaveTheirTypes()
    {
        Node node = DocumentReader.ReadYaml("{a: 0644, b: 0x10, c: yes, d: 1.5, e: '1', f: , g: 1e3, h: 9223372036854775808, i: .inf}").Documents[0];

        Assert.Equal("""{"a":420,"b":16,"c":true,"d":1.5,"e":"1","f":null,"g":1000,"h":9.223372036854775808E18,"i":".inf"}""".Replace("9.223372036854775808E18", "9.223372036854776E+18"),
            JsonNodes.ToJson((MappingNode)node).ToJsonString().Replace("\\u002B", "+"));
    }

    [Fact]
    public void FromJson_Numbers_OfAnyBackingType()
    {
        var json = new JsonObject { ["a"] = 1, ["b"] = 1L, ["c"] = 1.0, ["d"] = 1m, ["e"] = JsonNode.Parse("1e0") };

        MappingNode node = JsonNodes.FromJson(json);

        Assert.All(node.Entries, entry => Assert.True(((ScalarNode)entry.Value).TryGetInteger(out long value) && value == 1, entry.Key));
    }
}
