using System.Xml.Linq;
using Tulle.Testing;

namespace Tulle.Architecture.Tests.Source;

/// <summary>A project file under src/ or tests/.</summary>
internal sealed record ProjectFile(string Name, string Path, XDocument Xml)
{
    public IReadOnlyList<string> ProjectReferences { get; } =
        [.. Xml.Descendants("ProjectReference").Select(r => System.IO.Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value))];

    public IReadOnlyList<string> Packages { get; } = [.. Xml.Descendants("PackageReference").Select(r => r.Attribute("Include")!.Value)];
}

/// <summary>The repository as the laws see it: files under version control, without what a build leaves behind.</summary>
internal static class Repository
{
    private static readonly string[] Left = ["bin", "obj", "artifacts", "node_modules", ".git", ".vs", ".idea", "BenchmarkDotNet.Artifacts"];
    private static readonly Lazy<IReadOnlyList<string>> LazyFiles = new(() => [.. Walk(Root).Order(StringComparer.Ordinal)]);
    private static readonly Lazy<IReadOnlyList<SourceFile>> LazySources = new(() =>
        [.. Files.Where(f => f.EndsWith(".cs", StringComparison.Ordinal)).Select(f => new SourceFile(Root, f))]);
    private static readonly Lazy<IReadOnlyList<ProjectFile>> LazyProjects = new(() =>
        [.. Files.Where(f => f.EndsWith(".csproj", StringComparison.Ordinal))
            .Select(f => new ProjectFile(Path.GetFileNameWithoutExtension(f), Path.GetRelativePath(Root, f), XDocument.Load(f)))]);

    public static string Root => RepositoryFolder.Root;

    /// <summary>Full paths of all files.</summary>
    public static IReadOnlyList<string> Files => LazyFiles.Value;

    /// <summary>The product: C# under src/.</summary>
    public static IEnumerable<SourceFile> Product => LazySources.Value.Where(f => f.Name.StartsWith("src/", StringComparison.Ordinal));

    /// <summary>C# under tests/.</summary>
    public static IEnumerable<SourceFile> Tests => LazySources.Value.Where(f => f.Name.StartsWith("tests/", StringComparison.Ordinal));

    public static IEnumerable<ProjectFile> ProductProjects => LazyProjects.Value.Where(p => p.Path.StartsWith("src/", StringComparison.Ordinal));

    public static IEnumerable<ProjectFile> TestProjects => LazyProjects.Value.Where(p => p.Path.StartsWith("tests/", StringComparison.Ordinal));

    public static IEnumerable<ProjectFile> Projects => LazyProjects.Value;

    private static IEnumerable<string> Walk(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder))
        {
            yield return file;
        }
        foreach (string inner in Directory.EnumerateDirectories(folder).Where(d => !Left.Contains(Path.GetFileName(d))))
        {
            foreach (string file in Walk(inner))
            {
                yield return file;
            }
        }
    }
}
