using System.Text.RegularExpressions;
using Tulle.Architecture.Tests.Source;

namespace Tulle.Architecture.Tests;

/// <summary>How files and projects look.</summary>
public sealed partial class ShapeTests
{
    private const int MaximumLines = 400;

    /// <summary>Files that may be longer, each for a reason that a reader would accept.</summary>
    private static readonly Dictionary<string, string> LongFiles = [];

    /// <summary>Folders that only tests have: doubles, and tests of a whole project rather than of one folder.</summary>
    private static readonly string[] TestFolders = ["Testing", "Harness", "Golden", "Properties", "Fuzz", "ControlPlane"];

    [Fact]
    public void Files_AreShort() => Law.Holds(
        $"a file in src/ has at most {MaximumLines} lines; split it by idea, or add it to ShapeTests.LongFiles with its reason",
        Repository.Product.Where(f => f.LineCount > MaximumLines && !LongFiles.ContainsKey(f.Name)).Select(f => $"{f}: {f.LineCount} lines"));

    [Fact]
    public void LongFiles_AreStillLong() => Law.Holds(
        "a file that became short leaves ShapeTests.LongFiles",
        LongFiles.Keys.Where(name => Repository.Product.All(f => f.Name != name || f.LineCount <= MaximumLines)));

    [Fact]
    public void Namespaces_AreFolders() => Law.Holds(
        "the namespace of a file is its folder",
        Repository.Product.Concat(Repository.Tests).SelectMany(file =>
        {
            string expected = string.Join('.', file.Name.Split('/')[1..^1]);
            int line = file.Code.ToList().FindIndex(l => l.StartsWith("namespace ", StringComparison.Ordinal));
            string? actual = line < 0 ? null : file.Code[line]["namespace ".Length..].TrimEnd(';', ' ', '\r');
            return actual is null || actual == expected ? [] : new[] { $"{file}:{line + 1}: is {actual}, belongs into {expected}" };
        }));

    [Fact]
    public void Classes_AreClosed() => Law.Holds(
        "a class is sealed, static or abstract: inheritance is a decision",
        Law.Matches(Repository.Product, OpenClass()));

    [Fact]
    public void Projects_AreAotCompatible() => Law.Holds(
        "every project in src/ is AOT-compatible and both executables are native",
        Repository.ProductProjects.SelectMany(project =>
        {
            string props = File.ReadAllText(Path.Combine(Repository.Root, "src", "Directory.Build.props"));
            bool compatible = props.Contains("<IsAotCompatible>true</IsAotCompatible>", StringComparison.Ordinal)
                && project.Xml.Descendants("IsAotCompatible").All(e => e.Value == "true");
            bool native = project.Xml.Descendants("OutputType").All(e => e.Value != "Exe") || project.Xml.Descendants("PublishAot").Any(e => e.Value == "true");
            return compatible && native ? [] : new[] { $"{project.Path}: not AOT-compatible or not published natively" };
        }));

    [Fact]
    public void TestProjects_MirrorTheProduct() => Law.Holds(
        "every project in src/ has its tests in tests/<name>.Tests (Tulle.Protocol is generated code and contracts)",
        Repository.ProductProjects.Where(p => p.Name != "Tulle.Protocol" && Repository.TestProjects.All(t => t.Name != $"{p.Name}.Tests"))
            .Select(p => $"{p.Path}: tests/{p.Name}.Tests is missing"));

    [Fact]
    public void TestFolders_MirrorTheProduct() => Law.Holds(
        "a folder of a test project has the name of a folder in its project, so that a reader finds the tests of a file",
        Repository.Tests.Where(f => f.Project.EndsWith(".Tests", StringComparison.Ordinal))
            .Select(f => (File: f, Project: f.Project[..^".Tests".Length], Folders: f.Name.Split('/')[2..^1]))
            .Where(f => f.Folders.Length > 0 && Directory.Exists(Path.Combine(Repository.Root, "src", f.Project)) && !TestFolders.Contains(f.Folders[0]))
            .Where(f => !Directory.Exists(Path.Combine([Repository.Root, "src", f.Project, .. f.Folders[..1]])))
            .Select(f => $"{f.File}: src/{f.Project}/{f.Folders[0]} does not exist"));

    [Fact]
    public void Code_HasNoLooseEnds() => Law.Holds(
        "work that is left goes into an issue, not into a comment",
        Repository.Product.Concat(Repository.Tests).SelectMany(file => file.Text.Split('\n')
            .Select((text, index) => (text, index))
            .Where(line => LooseEnd().IsMatch(line.text))
            .Select(line => $"{file}:{line.index + 1}: {line.text.Trim()}")));

    [GeneratedRegex(@"^\s*((public|internal|private|protected|file)\s+)*(partial\s+|unsafe\s+)*(class|record)\s+(?!struct\b)\w+")]
    private static partial Regex OpenClass();

    // The words are put together so that this file does not contain them.
    [GeneratedRegex(@"\b(TO" + @"DO|FIX" + @"ME|HA" + @"CK|XX" + @"X)\b")]
    private static partial Regex LooseEnd();
}
