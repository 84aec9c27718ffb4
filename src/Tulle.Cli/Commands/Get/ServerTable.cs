using System.Text.Json;
using System.Text.Json.Nodes;
using Tulle.Cli.Output;
using Tulle.Kubernetes;

namespace Tulle.Cli.Commands.Get;

/// <summary>A row of a server's table: cells, and whose they are.</summary>
internal sealed record ServerRow(string Namespace, string Name, IReadOnlyList<string> Values)
{
    /// <summary>The cells to print, the name with a prefix when several types are listed.</summary>
    public IReadOnlyList<TextCell> Cells(string prefix = "", int nameColumn = 0) =>
        [.. Values.Select((value, i) => new TextCell(i == nameColumn ? prefix + value : value))];
}

/// <summary>The Table form of a collection (meta.k8s.io/v1), reduced to the columns that are shown.</summary>
internal sealed record ServerTable(IReadOnlyList<TextColumn> Columns, IReadOnlyList<ServerRow> Rows, string ResourceVersion)
{
    /// <param name="table">What the server sent.</param>
    /// <param name="wide">Whether columns of low priority are shown too.</param>
    /// <param name="withNamespace">Whether a NAMESPACE column is put first.</param>
    public static ServerTable Read(JsonObject table, bool wide, bool withNamespace)
    {
        List<int> shown = [];
        List<TextColumn> columns = withNamespace ? [new("NAMESPACE")] : [];
        foreach (JsonNode? definition in table["columnDefinitions"] as JsonArray ?? [])
        {
            int index = definition!.GetElementIndex();
            if (wide || (definition["priority"]?.GetValue<int>() ?? 0) == 0)
            {
                shown.Add(index);
                columns.Add(new TextColumn((definition.Text("name") ?? "").ToUpperInvariant()));
            }
        }

        List<ServerRow> rows = [];
        foreach (JsonNode? row in table["rows"] as JsonArray ?? [])
        {
            JsonArray cells = row!["cells"] as JsonArray ?? [];
            JsonObject owner = row["object"] as JsonObject ?? [];
            IEnumerable<string> values = shown.Select(i => i < cells.Count ? Cell(cells[i]) : "");
            rows.Add(new ServerRow(
                owner.ObjectNamespace(), owner.ObjectName(), [.. withNamespace ? values.Prepend(owner.ObjectNamespace()) : values]));
        }
        return new ServerTable(columns, rows, table.ObjectVersion());
    }

    private static string Cell(JsonNode? value) => value switch
    {
        null => "<none>",
        _ when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        _ => value.ToJsonString(),
    };
}
