using System.Globalization;
using System.Text.Json.Nodes;
using Tulle.Cli.Output;
using Tulle.Cli.Terminal;
using Tulle.Kubernetes;

namespace Tulle.Cli.Commands.Trace;

/// <summary>How a list of traces is printed.</summary>
internal static class TraceTable
{
    public static void Write(CliEnvironment environment, IReadOnlyList<JsonObject> traces, string? @namespace, bool wide)
    {
        bool colour = environment.ColourOutput;
        // The service that was asked is seldom the one that failed.
        bool failed = traces.Any(trace => trace["failed"] is JsonObject);
        List<TextColumn> columns =
        [
            new("TRACE"),
            new("AGE", RightAligned: true),
            new("DURATION", RightAligned: true) { Narrow = "TOOK" },
            new("SPANS", RightAligned: true) { Spare = failed ? 4 : 1 },
            new("ERRORS", RightAligned: true) { Spare = failed ? 3 : 0, Narrow = "ERR", Paint = cell => Ansi.Red(cell.Text, colour && cell.Text != "0") },
            new("STATUS", RightAligned: true) { Spare = failed ? 2 : 0, Narrow = "CODE", Paint = cell => Ansi.Red(cell.Text, colour && cell.Text.StartsWith('5')) },
            new("SERVICE") { Shrinks = true },
            new("NAME") { Shrinks = true, Spare = failed ? 1 : 0 },
        ];
        if (failed) columns.Insert(columns.Count - 1, new("FAILED") { Shrinks = true, Paint = cell => Ansi.Red(cell.Text, colour) });
        if (wide) columns.AddRange([new("KEPT") { Spare = 5 }, new("COMPLETE") { Narrow = "WHOLE", Spare = 6 }, new("SERVICES") { Shrinks = true }]);
        var table = new TextTable(columns, environment.OutputIsTerminal ? environment.Width : null);
        DateTimeOffset now = environment.Clock.GetUtcNow();
        table.Write(environment.Output, [.. traces.Select(trace => Row(trace, @namespace, wide, failed, now))]);
        table.SayLeftOut(environment);
    }

    private static IReadOnlyList<TextCell> Row(JsonObject trace, string? @namespace, bool wide, bool failed, DateTimeOffset now)
    {
        List<TextCell> cells =
        [
            trace.Text("traceId") ?? "",
            Duration.Age(now - DateTimeOffset.FromUnixTimeMilliseconds(Number(trace, "startMicros") / 1_000)),
            Duration.Text(Number(trace, "durationMicros") / 1_000.0),
            Text(Number(trace, "spans")),
            Text(Number(trace, "errors")),
            trace["status"] is { } status ? status.ToJsonString() : "-",
            Service(trace, "service", @namespace),
            trace.Text("name") ?? "",
        ];
        if (failed) cells.Insert(cells.Count - 1, trace["failed"] is JsonObject where ? $"{Service(where, "service", @namespace)}{(where["status"] is { } code ? $" {code.ToJsonString()}" : "")}" : "-");
        if (!wide) return cells;
        cells.Add(trace.Text("kept") ?? "");
        cells.Add(trace["complete"]?.GetValue<bool>() == true ? "yes" : "no");
        cells.Add(string.Join(',', (trace["services"] as JsonArray ?? []).OfType<JsonObject>().Select(service => Service(service, "name", @namespace))));
        return cells;
    }

    public static long Number(JsonObject item, string name) => item[name]?.GetValue<long>() ?? 0;

    /// <summary>With its namespace where that is another one than is looked at.</summary>
    public static string Service(JsonObject item, string name, string? @namespace) =>
        item.Text("namespace") is { Length: > 0 } own && own != @namespace ? $"{item.Text(name)}.{own}" : item.Text(name) ?? "";

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
