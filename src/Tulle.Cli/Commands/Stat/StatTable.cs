using System.Text.Json.Nodes;
using Tulle.Cli.Insight;
using Tulle.Cli.Output;

namespace Tulle.Cli.Commands.Stat;

/// <summary>How golden metrics are printed. Public within the executable: the demo's live table shows the same numbers.</summary>
internal static class StatTable
{
    /// <param name="environment">Where it is printed: a terminal has colours and a width.</param>
    /// <param name="withNamespace">Begins with the namespace.</param>
    /// <param name="wide">Has requests, errors of the mesh, bytes and mTLS as well.</param>
    public static TextTable Create(CliEnvironment environment, bool withNamespace, bool wide = false)
    {
        bool colour = environment.ColourOutput;
        List<TextColumn> columns =
        [
            new("NAME") { Shrinks = true },
            new("MESHED", RightAligned: true) { Narrow = "MESH", Spare = 1 },
            .. MetricText.GoldenColumns(colour),
            new("TCP_CONN", RightAligned: true) { Narrow = "TCP", Spare = 2 },
        ];
        if (withNamespace) columns.Insert(0, new TextColumn("NAMESPACE") { Shrinks = true });
        if (wide)
        {
            columns.AddRange(
            [
                new("READ_BYTES/S", RightAligned: true) { Narrow = "READ/S", Spare = 1 },
                new("WRITE_BYTES/S", RightAligned: true) { Narrow = "WRITE/S", Spare = 2 },
                new("REQUESTS", RightAligned: true) { Narrow = "REQS", Spare = 3 },
                new("MESH_ERRORS", RightAligned: true) { Narrow = "ERRORS" },
                new("SECURED") { Narrow = "MTLS", Paint = cell => MetricText.PaintSecured(cell, colour) },
            ]);
        }
        return new TextTable(columns, environment.OutputIsTerminal ? environment.Width : null);
    }

    /// <param name="item">What was seen.</param>
    /// <param name="withNamespace">Begins with the namespace.</param>
    /// <param name="wideWindow">The window that bytes are divided by, seconds, in a wide table; null otherwise.</param>
    public static IReadOnlyList<TextCell> Row(GoldenMetrics item, bool withNamespace, double? wideWindow = null)
    {
        List<TextCell> cells =
        [
            item.Name,
            item.Total == 0 ? MetricText.None : $"{item.Meshed}/{item.Total}",
            .. MetricText.Golden(item.Success, item.Rps, item.Latency, item.Requests),
            MetricText.Count(item.TcpConnections),
        ];
        if (withNamespace) cells.Insert(0, item.Namespace);
        if (wideWindow is { } seconds)
        {
            cells.AddRange(
            [
                MetricText.Bytes(item.BytesReceived / seconds),
                MetricText.Bytes(item.BytesSent / seconds),
                MetricText.Count(item.Requests),
                MetricText.Count(item.MeshErrors),
                MetricText.Secured(item.Mtls),
            ]);
        }
        return cells;
    }

    /// <summary>The row as JSON, with the names that Linkerd's <c>stat -o json</c> has, so that scripts carry over.</summary>
    public static JsonObject Json(GoldenMetrics item) => new()
    {
        ["namespace"] = item.Namespace,
        ["kind"] = item.Kind,
        ["name"] = item.Name,
        ["meshed"] = item.Total == 0 ? MetricText.None : $"{item.Meshed}/{item.Total}",
        ["success"] = item.Success,
        ["rps"] = item.Rps,
        ["latency_ms_p50"] = item.Latency?.P50,
        ["latency_ms_p95"] = item.Latency?.P95,
        ["latency_ms_p99"] = item.Latency?.P99,
        ["tcp_open_connections"] = item.TcpConnections,
        ["requests"] = item.Requests,
        ["mesh_errors"] = item.MeshErrors,
        ["mtls"] = item.Mtls,
        ["bytes_received"] = item.BytesReceived,
        ["bytes_sent"] = item.BytesSent,
    };
}
