using Tulle.Model.Schemas.Mesh;

namespace Tulle.Model.Tests.Schemas;

public sealed class SupportMatrixTests
{
    [Fact]
    public void Write_MeshKinds_IsWhatTheDocumentSays()
    {
        string path = Path.Combine(Repository.Root, "docs", "reference", "resources.md");
        string expected = SupportMatrix.Write(MeshKinds.All);
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, expected);
        }
        Assert.True(File.Exists(path) && File.ReadAllText(path) == expected, $"{path} is stale; run this test with UPDATE_DOCS=1 and commit what it writes");
    }
}
