using System.Text.Json.Nodes;
using Tulle.Cli.Insight;
using Tulle.Cli.Output;
using Tulle.Kubernetes;

namespace Tulle.Cli.Commands.Edges;

/// <summary>How edges are printed.</summary>
internal static class EdgesTable
{
    public static TextTable Create(CliEnvironment environment, bool allNamespaces, bool wide)
    {
        bool colour = environment.ColourOutput;
        List<TextColumn> columns = [new("SRC") { Shrinks = true }, new("DST") { Shrinks = true }, new("SERVICE") { Shrinks = true, Spare = 2 }];
        if (allNamespaces) columns = [new("SRC_NS") { Shrinks = true }, columns[0], new("DST_NS") { Shrinks = true }, columns[1], columns[2]];
        columns.AddRange(MetricText.GoldenColumns(colour));
        columns.Add(new TextColumn("TCP_CONN", RightAligned: true) { Narrow = "TCP", Spare = 5 });
        columns.Add(new TextColumn("SECURED") { Narrow = "MTLS", Paint = cell => MetricText.PaintSecured(cell, colour) });
        if (wide)
        {
            columns.AddRange(
            [
                new("REQUESTS", RightAligned: true) { Narrow = "REQS", Spare = 6 },
                new("MESH_ERRORS", RightAligned: true) { Narrow = "ERRORS", Spare = 3 },
                new("CLIENT") { Shrinks = true },
                new("SERVER") { Shrinks = true },
            ]);
        }
        return new TextTable(columns, environment.OutputIsTerminal ? environment.Width : null);
    }

    /// <param name="item">An edge of the insight API.</param>
    /// <param name="namespace">The one that is looked at, which needs no mention; null for all of them, which have columns.</param>
    /// <param name="wide">With counts and identities.</param>
    public static IReadOnlyList<TextCell> Row(JsonObject item, string? @namespace, bool wide)
    {
        JsonObject source = Side(item, "source"), destination = Side(item, "destination");
        Traffic traffic = Traffic.Read(item);
        List<TextCell> cells = [];
        if (@namespace is null) cells.Add(source.Text("namespace") ?? MetricText.None);
        cells.Add(Workload(source, @namespace));
        if (@namespace is null) cells.Add(destination.Text("namespace") ?? MetricText.None);
        cells.Add(Workload(destination, @namespace));
        cells.Add(destination.Text("service") ?? MetricText.None);
        cells.AddRange(MetricText.Golden(traffic));
        cells.Add(MetricText.Count(traffic.TcpConnections));
        cells.Add(MetricText.Secured(traffic.Mtls));
        if (wide)
        {
            bool secured = traffic.Mtls is > 0;
            cells.AddRange(
            [
                MetricText.Count(traffic.Requests),
                MetricText.Count(traffic.MeshErrors),
                secured ? Identity(source, @namespace) : MetricText.None,
                secured ? Identity(destination, @namespace) : MetricText.None,
            ]);
        }
        return cells;
    }

    private static JsonObject Side(JsonObject item, string name) => item[name] as JsonObject ?? [];

    /// <summary>The name without its kind where that is the usual one; with the namespace where it is another.</summary>
    private static string Workload(JsonObject side, string? @namespace)
    {
        if (side.Text("workload") is not { } workload) return MetricText.None;
        const string Usual = "deployment/";
        string name = workload.StartsWith(Usual, StringComparison.Ordinal) ? workload[Usual.Length..] : workload;
        return @namespace is null || side.Text("namespace") is not { } own || own == @namespace ? name : $"{name}.{own}";
    }

    /// <summary>The account, in its namespace where that is another one: <c>shop/web</c> of <c>spiffe://cluster.local/ns/shop/sa/web</c>.</summary>
    private static string Identity(JsonObject side, string? @namespace)
    {
        if (side.Text("identity") is not { } identity) return MetricText.None;
        string[] parts = identity.Split('/');
        return parts is [_, _, _, "ns", var own, "sa", var account] ? own == @namespace ? account : $"{own}/{account}" : identity;
    }
}
