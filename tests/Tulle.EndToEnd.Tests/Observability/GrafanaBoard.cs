using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tulle.Testing;

namespace Tulle.EndToEnd.Tests.Observability;

/// <summary>A query of a board's panel, or of one of its variables.</summary>
internal sealed record BoardQuery(string Board, string Panel, string Expression);

/// <summary>The boards of deploy/grafana.</summary>
internal static partial class GrafanaBoard
{
    public static IReadOnlyList<string> Files { get; } =
        [.. Directory.EnumerateFiles(RepositoryFolder.PathOf("deploy", "grafana"), "*.json").Order(StringComparer.Ordinal)];

    /// <summary>Every query of every panel, with variables put in as Grafana would.</summary>
    public static IEnumerable<BoardQuery> Queries(string file, IReadOnlyDictionary<string, string> variables)
    {
        JsonNode board = JsonNode.Parse(File.ReadAllText(file))!;
        foreach (JsonNode? panel in board["panels"]!.AsArray())
        {
            foreach (JsonNode? target in panel!["targets"]?.AsArray() ?? [])
                yield return new BoardQuery(Path.GetFileName(file), panel["title"]!.GetValue<string>(), Put(target!["expr"]!.GetValue<string>(), variables));
        }
        foreach (JsonNode? variable in board["templating"]!["list"]!.AsArray())
        {
            if (variable!["definition"]?.GetValue<string>() is not { } definition) continue;
            Match match = LabelValues().Match(definition);
            Assert.True(match.Success, $"{file}: {definition}");
            string selector = Put(match.Groups["selector"].Value, variables);
            yield return new BoardQuery(Path.GetFileName(file), $"variable {variable["name"]}", $"group by ({match.Groups["label"].Value}) ({selector})");
        }
    }

    private static string Put(string expression, IReadOnlyDictionary<string, string> variables)
    {
        foreach ((string name, string value) in variables) expression = expression.Replace($"${name}", value, StringComparison.Ordinal);
        Assert.False(expression.Contains('$', StringComparison.Ordinal), $"a variable is left in {expression}");
        return expression;
    }

    [GeneratedRegex(@"^label_values\((?<selector>.+), (?<label>[a-z_]+)\)$")]
    private static partial Regex LabelValues();
}
