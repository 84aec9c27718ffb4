using Tulle.Model.Documents;

namespace Tulle.Model.Tests.Documents;

public sealed class MappingNodeTests
{
    [Theory]
    [InlineData(3)]
    [InlineData(500)]
    public void TryGet_AnySize_FindsEveryKeyAndNoOther(int count)
    {
        var mapping = new MappingNode(SourceLocation.None,
            Enumerable.Range(0, count).Select(i => new MappingEntry($"k{i}", SourceLocation.None, ScalarNode.String($"v{i}"))));

        for (int i = 0; i < count; i++)
            Assert.Equal($"v{i}", mapping.Text($"k{i}"));
        Assert.Null(mapping["other"]);
        Assert.Equal(Enumerable.Range(0, count).Select(i => $"k{i}"), mapping.Entries.Select(entry => entry.Key));
    }

    [Fact]
    public void With_KnownAndNewKey_ReplacesAndAppends()
    {
        var mapping = (MappingNode)DocumentReader.ReadYaml("{a: 1, b: 2}").Documents[0];
        MappingNode changed = mapping.With("a", ScalarNode.String("x")).With("c", ScalarNode.String("y"));
        Assert.Equal("""{"a":"x","b":2,"c":"y"}""", JsonNodes.ToJson(changed).ToJsonString());
        Assert.Equal("1", mapping.Text("a"));
    }

    [Fact]
    public void Find_MissingSteps_IsNull()
    {
        var mapping = (MappingNode)DocumentReader.ReadYaml("{a: {b: {c: 1, d: }}}").Documents[0];
        Assert.Equal("1", mapping.Text("a", "b", "c"));
        Assert.Null(mapping.Text("a", "b", "d"));
        Assert.Null(mapping.Find("a", "x", "c"));
        Assert.Null(mapping.Find("a", "b", "c", "d"));
    }
}
