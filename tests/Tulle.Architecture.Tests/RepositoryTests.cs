using System.Text.RegularExpressions;
using Tulle.Architecture.Tests.Source;

namespace Tulle.Architecture.Tests;

/// <summary>What must not get into the repository.</summary>
public sealed partial class RepositoryTests
{
    private static readonly string[] Binary = [".png", ".gif", ".ico", ".woff2", ".pcap", ".db", ".pem"];

    [Fact]
    public void Files_NameNoMachine() => Law.Holds(
        "a path of one machine or the host of a package registry has no place in the repository",
        Repository.Files.Where(f => !Binary.Contains(Path.GetExtension(f))).SelectMany(path => File.ReadLines(path)
            .Select((text, index) => (text, index))
            .Where(line => MachinePath().IsMatch(line.text))
            .Select(line => $"{Path.GetRelativePath(Repository.Root, path)}:{line.index + 1}: {line.text.Trim()}")));

    [Fact]
    public void Scripts_StopAtTheFirstError() => Law.Holds(
        "a shell script starts with set -euo pipefail",
        Repository.Files.Where(IsScript)
            .Where(f => !File.ReadAllText(f).Contains("set -euo pipefail", StringComparison.Ordinal))
            .Select(f => Path.GetRelativePath(Repository.Root, f)));

    private static bool IsScript(string path)
    {
        using StreamReader reader = new(path);
        return reader.ReadLine() is { } first && first.StartsWith("#!", StringComparison.Ordinal) && first.Contains("bash", StringComparison.Ordinal);
    }

    // Written so that the pattern does not match itself.
    [GeneratedRegex(@"(?<![\w.$}~-])/(work|root|Users|home/[a-z]+)/[\w.]|\b(api\.nuget|pkgs\.dev\.azure|registry\.npmjs|registry\.yarnpkg|files\.pythonhosted|pypi|proxy\.golang)\.(org|com)\b")]
    private static partial Regex MachinePath();
}
