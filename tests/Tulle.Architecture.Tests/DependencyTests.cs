using System.Text.Json.Nodes;
using System.Xml.Linq;
using Tulle.Architecture.Tests.Source;

namespace Tulle.Architecture.Tests;

/// <summary>Every dependency is a decision that is written down.</summary>
public sealed class DependencyTests
{
    private static readonly string Page = Path.Combine(Repository.Root, "docs", "dependencies.md");

    private static readonly IReadOnlyList<string> Central =
        [.. XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props")).Descendants("PackageVersion").Select(p => p.Attribute("Include")!.Value)];

    private static readonly IReadOnlyList<string> Npm =
    [
        .. Repository.Files.Where(file => Path.GetFileName(file) == "package.json")
            .Select(file => JsonNode.Parse(File.ReadAllText(file))!)
            .SelectMany(file => new[] { file["dependencies"], file["devDependencies"] })
            .SelectMany(group => group?.AsObject().Select(package => package.Key) ?? []),
    ];

    [Fact]
    public void Packages_AreExplained() => Law.Holds(
        "every package of Directory.Packages.props and of a package.json has a row in docs/dependencies.md that says why it and not another",
        Central.Concat(Npm).Where(package => !Rows().Contains(package)));

    [Fact]
    public void ExplainedPackages_Exist() => Law.Holds(
        "docs/dependencies.md explains only packages that are used",
        Rows().Where(row => !Central.Contains(row) && !Npm.Contains(row))
            .Select(row => $"docs/dependencies.md: {row} is neither in Directory.Packages.props nor in a package.json"));

    [Fact]
    public void Packages_AreUsed() => Law.Holds(
        "a package of Directory.Packages.props is referenced by a project",
        Central.Where(package => Repository.Projects.All(p => !p.Packages.Contains(package))
                && !File.ReadAllText(Path.Combine(Repository.Root, "tests", "Directory.Build.props")).Contains($"\"{package}\"", StringComparison.Ordinal))
            .Select(package => $"Directory.Packages.props: {package}"));

    [Fact]
    public void Projects_HaveLockFiles() => Law.Holds(
        "every project in src/ and tests/ commits its packages.lock.json",
        Repository.ProductProjects.Concat(Repository.TestProjects)
            .Where(p => !File.Exists(Path.Combine(Repository.Root, Path.GetDirectoryName(p.Path)!, "packages.lock.json")))
            .Select(p => p.Path));

    /// <summary>First cells of the page's tables of packages, which are written as code.</summary>
    private static IReadOnlyList<string> Rows() =>
        [.. File.ReadLines(Page).Where(l => l.StartsWith("| `", StringComparison.Ordinal)).Select(l => l.Split('`')[1])];
}
