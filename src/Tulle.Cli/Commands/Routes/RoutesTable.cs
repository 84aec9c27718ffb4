using System.Text.Json.Nodes;
using Tulle.Cli.Insight;
using Tulle.Cli.Output;
using Tulle.Kubernetes;

namespace Tulle.Cli.Commands.Routes;

/// <summary>How routes are printed.</summary>
internal static class RoutesTable
{
    /// <summary>Stands for the requests that no named route takes.</summary>
    private const string Unnamed = "[default]";

    public static TextTable Create(CliEnvironment environment, bool allNamespaces, bool wide)
    {
        List<TextColumn> columns = [new("ROUTE") { Shrinks = true }, new("SERVICE") { Shrinks = true }, .. MetricText.GoldenColumns(environment.ColourOutput)];
        if (allNamespaces) columns.Insert(0, new TextColumn("NAMESPACE") { Shrinks = true });
        if (wide) columns.AddRange([new("REQUESTS", RightAligned: true) { Narrow = "REQS" }, new("MESH_ERRORS", RightAligned: true) { Narrow = "ERRORS" }]);
        return new TextTable(columns, environment.OutputIsTerminal ? environment.Width : null);
    }

    /// <param name="item">A route of the insight API.</param>
    /// <param name="namespace">The one that is looked at, which needs no mention; null for all of them, which have a column.</param>
    /// <param name="wide">With counts.</param>
    public static IReadOnlyList<TextCell> Row(JsonObject item, string? @namespace, bool wide)
    {
        Traffic traffic = Traffic.Read(item);
        string service = item.Text("service") ?? MetricText.None;
        string own = item.Text("namespace") ?? "";
        List<TextCell> cells = [item.Text("route") ?? Unnamed, @namespace is null || own == @namespace ? service : $"{service}.{own}", .. MetricText.Golden(traffic)];
        if (@namespace is null) cells.Insert(0, own);
        if (wide) cells.AddRange([MetricText.Count(traffic.Requests), MetricText.Count(traffic.MeshErrors)]);
        return cells;
    }
}
