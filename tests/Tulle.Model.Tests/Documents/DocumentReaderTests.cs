using System.Text;
using Tulle.Model.Documents;
using Tulle.Model.Findings;

namespace Tulle.Model.Tests.Documents;

public sealed class DocumentReaderTests
{
    [Fact]
    public void ReadYaml_Nodes_KnowWhereTheyStand()
    {
        ReadResult read = DocumentReader.ReadYaml("a: 1\nb:\n  - c: x\n---\nd: 2\n", "f.yaml");

        var first = (MappingNode)read.Documents[0];
        Assert.True(first.TryGet("b", out MappingEntry entry));
        Assert.Equal(new SourceLocation("f.yaml", 2, 1), entry.KeyLocation);
        Assert.Equal("f.yaml:3", ((SequenceNode)entry.Value).Items[0].Location.ToString());
        Assert.Equal(5, read.Documents[1].Location.Line);
    }

    [Theory]
    [InlineData("x", ScalarKind.String)]
    [InlineData("'1'", ScalarKind.String)]
    [InlineData("\"true\"", ScalarKind.String)]
    [InlineData("1", ScalarKind.Integer)]
    [InlineData("-1", ScalarKind.Integer)]
    [InlineData("0o17", ScalarKind.Integer)]
    [InlineData("0b11", ScalarKind.Integer)]
    [InlineData("08", ScalarKind.Float)]
    [InlineData("1.0", ScalarKind.Float)]
    [InlineData(".5", ScalarKind.Float)]
    [InlineData("1.2.3", ScalarKind.String)]
    [InlineData("1e", ScalarKind.String)]
    [InlineData("10m", ScalarKind.String)]
    [InlineData("on", ScalarKind.Boolean)]
    [InlineData("False", ScalarKind.Boolean)]
    [InlineData("y", ScalarKind.String)]
    [InlineData("~", ScalarKind.Null)]
    [InlineData("", ScalarKind.Null)]
    [InlineData("!!str 1", ScalarKind.String)]
    [InlineData("!!int '1'", ScalarKind.Integer)]
    [InlineData("2026-11-22", ScalarKind.String)]
    [InlineData("|\n  1", ScalarKind.String)]
    public void ReadYaml_Scalar_IsWhatKubectlTakesItFor(string text, ScalarKind kind)
    {
        var mapping = (MappingNode)DocumentReader.ReadYaml($"a: {text}").Documents[0];
        Assert.Equal(kind, ((ScalarNode)mapping["a"]!).Kind);
    }

    [Fact]
    public void ReadYaml_DuplicateKey_KeepsTheLastAndSaysSo()
    {
        ReadResult read = DocumentReader.ReadYaml("a: 1\na: 2\n", "f");

        Assert.Equal("2", ((MappingNode)read.Documents[0]).Text("a"));
        Assert.Equal("f:2: a: the key \"a\" is written more than once in the same mapping; keep one of them", Assert.Single(read.Findings).ToString());
    }

    [Fact]
    public void ReadYaml_MergeKeys_OwnKeysWinAndEarlierSourcesWin()
    {
        ReadResult read = DocumentReader.ReadYaml("x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2}\nz: {c: 3, <<: [*x, *y]}\n");

        Assert.Equal("""{"c":3,"a":1,"b":1}""", JsonNodes.ToJson((MappingNode)((MappingNode)read.Documents[0])["z"]!).ToJsonString());
    }

    [Fact]
    public void ReadYaml_BillionLaughs_IsRefused()
    {
        var text = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 10; i++)
            text.Append($"a{i}: &a{i} [*a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}, *a{i - 1}]\n");

        Assert.Contains("once its aliases are expanded", Assert.Single(DocumentReader.ReadYaml(text.ToString()).Findings).Message);
    }

    [Fact]
    public void ReadYaml_TooDeep_IsRefused()
    {
        string text = new string('[', 2000) + new string(']', 2000);
        Assert.Contains($"more than {ReadLimits.MaxDepth} levels", Assert.Single(DocumentReader.ReadYaml(text).Findings).Message);
    }

    [Fact]
    public void ReadYaml_DeepestAllowed_IsRead()
    {
        string text = new string('[', ReadLimits.MaxDepth) + new string(']', ReadLimits.MaxDepth);
        Assert.Empty(DocumentReader.ReadYaml(text).Findings);
    }

    [Fact]
    public void ReadYaml_TooLong_IsRefused()
    {
        Assert.Contains("more than the 3,145,728 that are read", Assert.Single(DocumentReader.ReadYaml(new string('x', ReadLimits.MaxLength + 1)).Findings).Message);
    }

    [Fact]
    public void ReadYaml_SelfReference_IsAFinding()
    {
        Assert.Contains("not defined above it", Assert.Single(DocumentReader.ReadYaml("&a [*a]").Findings).Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{\"a\":1} x")]
    [InlineData("{a:1}")]
    [InlineData("[1,]")]
    public void ReadJson_Malformed_IsAFinding(string text)
    {
        ReadResult read = DocumentReader.ReadJson(Encoding.UTF8.GetBytes(text));
        Assert.Empty(read.Documents);
        Assert.StartsWith("malformed JSON at line 1, column ", Assert.Single(read.Findings).Message);
    }

    [Fact]
    public void ReadJson_LoneSurrogateOrBadUtf8_IsAFinding()
    {
        Assert.Equal(Severity.Error, Assert.Single(DocumentReader.ReadJson("{\"a\":\"\\ud800\"}"u8).Findings).Severity);
        Assert.Equal(Severity.Error, Assert.Single(DocumentReader.ReadJson([(byte)'"', 0xff, (byte)'"']).Findings).Severity);
    }

    [Fact]
    public void ReadJson_TooDeep_IsRefused()
    {
        string text = new string('[', ReadLimits.MaxDepth + 1) + new string(']', ReadLimits.MaxDepth + 1);
        Assert.True(DocumentReader.ReadJson(Encoding.UTF8.GetBytes(text)).HasErrors);
    }

    [Fact]
    public void ReadJson_Duplicates_AreKept()
    {
        var mapping = (MappingNode)DocumentReader.ReadJson("{\"a\":1,\"a\":2}"u8).Documents[0];
        Assert.Equal("2", mapping.Text("a"));
        Assert.Equal("a", Assert.Single(mapping.Duplicates).Key);
    }

    [Fact]
    public void ReadObjects_List_StandsForItsItems()
    {
        (IReadOnlyList<MappingNode> objects, IReadOnlyList<Finding> findings) =
            DocumentReader.ReadObjects("kind: List\napiVersion: v1\nitems:\n- {kind: A}\n- {kind: List, items: [{kind: B}, 7]}\n");

        Assert.Equal(["A", "B"], objects.Select(obj => obj.Text("kind")));
        Assert.Contains("found the number 7", Assert.Single(findings).Message);
    }
}
