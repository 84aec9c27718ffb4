using System.Text.Json.Nodes;
using Tulle.ApiServer.Objects;

namespace Tulle.ApiServer.Tables;

/// <summary>
/// The simple JSONPath of printer columns: <c>.spec.hosts[*]</c>, <c>.status.conditions[?(@.type=="Ready")].status</c>,
/// <c>.metadata.labels.app\.kubernetes\.io/name</c>.
/// </summary>
internal sealed class ColumnPath
{
    private readonly List<Step> _steps;

    private ColumnPath(List<Step> steps) => _steps = steps;

    public static ColumnPath Parse(string path)
    {
        var steps = new List<Step>();
        int at = 0;
        while (at < path.Length)
        {
            if (path[at] is '.' or '{' or '}' or '$')
            {
                at++;
                continue;
            }
            if (path[at] == '[')
            {
                int end = path.IndexOf(']', at);
                if (end < 0) break;
                steps.Add(Bracket(path[(at + 1)..end]));
                at = end + 1;
                continue;
            }
            var name = new System.Text.StringBuilder();
            while (at < path.Length && path[at] is not ('.' or '[' or '}'))
            {
                if (path[at] == '\\' && at + 1 < path.Length) at++;
                name.Append(path[at++]);
            }
            steps.Add(new Step(StepKind.Field, name.ToString(), ""));
        }
        return new ColumnPath(steps);
    }

    /// <summary>The first value; null when there is none.</summary>
    public JsonNode? First(JsonNode? value) => Values(value).FirstOrDefault();

    /// <summary>The cell: the value itself, or several joined with commas; <c>&lt;none&gt;</c> is kubectl's text for null.</summary>
    public JsonNode? Cell(JsonNode? value, string type)
    {
        List<JsonNode?> found = Values(value);
        if (found.Count == 0) return null;
        if (type is "integer" or "number" && found.Count == 1 && found[0] is JsonValue number) return number.DeepClone();
        if (type == "boolean" && found[0].Flag() is { } flag) return flag;
        return string.Join(",", found.Select(item => item is JsonArray array ? string.Join(",", array.Select(Json.Display)) : item.Display()));
    }

    private List<JsonNode?> Values(JsonNode? value)
    {
        List<JsonNode?> current = [value];
        foreach (Step step in _steps) current = [.. current.SelectMany(node => step.From(node)).Where(node => node is not null)];
        return current;
    }

    private static Step Bracket(string inside)
    {
        if (inside == "*") return new Step(StepKind.All, "", "");
        if (int.TryParse(inside, out _)) return new Step(StepKind.Index, inside, "");
        if (inside.StartsWith("?(@.", StringComparison.Ordinal) && inside.Split("==", 2) is [var left, var right])
            return new Step(StepKind.Filter, left[4..].Trim(), right.TrimEnd(')').Trim(' ', '"', '\''));
        return new Step(StepKind.Field, inside.Trim('\'', '"'), "");
    }

    private enum StepKind
    {
        Field,
        Index,
        All,
        Filter,
    }

    private readonly record struct Step(StepKind Kind, string Name, string Value)
    {
        public IEnumerable<JsonNode?> From(JsonNode? node)
        {
            string name = Name, wanted = Value;
            return Kind switch
            {
                StepKind.Field => [node.Child(name)],
                StepKind.All when node is JsonObject map => map.Select(entry => entry.Value),
                StepKind.All => node.List() ?? [],
                StepKind.Index => node.List() is { } list && int.Parse(name) is var i && i < list.Count && i >= 0 ? [list[i]] : [],
                _ => (node.List() ?? []).Where(item => item.Child(name).Display() == wanted),
            };
        }
    }
}
