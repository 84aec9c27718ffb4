using Tulle.Model.Documents;

namespace Tulle.Model.Tests;

/// <summary>Objects for tests, written as people write them.</summary>
internal static class Yaml
{
    public static MappingNode Object(string text) => Assert.Single(Objects(text));

    public static IReadOnlyList<MappingNode> Objects(string text)
    {
        (IReadOnlyList<MappingNode> objects, var findings) = DocumentReader.ReadObjects(text);
        Assert.Empty(findings);
        return objects;
    }

    public static MappingNode Seed(string file) => Object(File.ReadAllText(Path.Combine(Repository.Root, "samples", "seed", file)));
}
