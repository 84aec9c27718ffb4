using System.Globalization;
using System.Text.Json.Nodes;
using Tulle.Cli.Output;
using Tulle.Cli.Terminal;
using Tulle.Kubernetes;

namespace Tulle.Cli.Commands.Trace;

/// <summary>Prints one trace: a line for each span, below the one that caused it, with a bar for its time.</summary>
internal sealed class Waterfall(CliEnvironment environment, bool wide)
{
    private const int MinLabel = 20, MinBar = 10, TimeWidth = 7, StatusWidth = 6, Gap = 1;

    /// <summary>After this time everything that a proxy has to report is there.</summary>
    private static readonly TimeSpan Reported = TimeSpan.FromSeconds(5);

    private readonly TextWriter _output = environment.Output;
    private readonly bool _colour = environment.ColourOutput;

    /// <param name="trace">An answer of the insight API.</param>
    public void Write(JsonObject trace)
    {
        JsonObject[] spans = [.. (trace["spans"] as JsonArray ?? []).OfType<JsonObject>()];
        string @namespace = trace.Text("namespace") ?? "";
        WriteHeading(trace, spans);
        string[] labels = [.. spans.Select(span => Label(span, @namespace))];
        (int label, int bar) = Widths(labels);
        long start = TraceTable.Number(trace, "startMicros");
        double scale = bar / Math.Max(1.0, TraceTable.Number(trace, "durationMicros"));
        for (int i = 0; i < spans.Length; i++)
        {
            WriteSpan(spans[i], Fit(labels[i], label), bar, start, scale);
            if (wide) WriteDetails(spans[i]);
        }
        if (trace["complete"]?.GetValue<bool>() != false) return;
        foreach (string line in Paragraph.Wrap(Incomplete(trace), environment.Width())) _output.WriteLine(line);
    }

    /// <summary>Why a span's parent is not there.</summary>
    private string Incomplete(JsonObject trace)
    {
        if (trace.Text("kept") is "error" or "slow")
        {
            string known = trace.Text("kept") == "error" ? "failed" : "were slow";
            return $"Not complete: the request was not sampled, so only its spans that {known} are known; 'tulle up --trace-sampling' or a Telemetry has more of the next ones recorded.";
        }
        DateTimeOffset end = DateTimeOffset.FromUnixTimeMilliseconds((TraceTable.Number(trace, "startMicros") + TraceTable.Number(trace, "durationMicros")) / 1_000);
        return environment.Clock.GetUtcNow() - end < Reported
            ? "Not complete yet: it has only just ended, and proxies report spans once a second; ask again."
            : "Not complete: a span names a parent that was not reported, such as one of an application that keeps its spans for itself.";
    }

    private void WriteHeading(JsonObject trace, JsonObject[] spans)
    {
        DateTimeOffset start = DateTimeOffset.FromUnixTimeMilliseconds(TraceTable.Number(trace, "startMicros") / 1_000);
        long errors = TraceTable.Number(trace, "errors");
        int services = (trace["services"] as JsonArray)?.Count ?? 0;
        _output.WriteLine($"Trace     {trace.Text("traceId")}");
        _output.WriteLine($"Request   {trace.Text("service")}: {trace.Text("name")}");
        _output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Began     {start:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}, took {Duration.Text(TraceTable.Number(trace, "durationMicros") / 1_000.0)}"));
        string failed = errors == 0 ? "none failed" : Ansi.Red($"{errors} failed", _colour);
        _output.WriteLine($"Spans     {spans.Length} of {services} {(services == 1 ? "service" : "services")}, {failed}");
        _output.WriteLine($"Kept      because {Reason(trace.Text("kept"))}");
        _output.WriteLine();
    }

    private (int Label, int Bar) Widths(string[] labels)
    {
        int width = Math.Max(MinLabel + MinBar + TimeWidth + StatusWidth + 3 * Gap + 2, environment.Width());
        int room = width - TimeWidth - StatusWidth - 3 * Gap - 2;
        int label = Math.Clamp(labels.DefaultIfEmpty("").Max(text => text.Length), MinLabel, Math.Max(MinLabel, room * 6 / 10));
        return (label, Math.Max(MinBar, room - label));
    }

    private void WriteSpan(JsonObject span, string label, int bar, long start, double scale)
    {
        bool failed = span["error"]?.GetValue<bool>() == true;
        long duration = TraceTable.Number(span, "durationMicros");
        int from = Math.Clamp((int)((TraceTable.Number(span, "startMicros") - start) * scale), 0, bar - 1);
        int length = Math.Clamp((int)Math.Round(duration * scale), 1, bar - from);
        string blocks = new('█', length);
        string painted = failed ? Ansi.Red(blocks, _colour) : span.Text("source") == "application" ? Ansi.Yellow(blocks, _colour) : Ansi.Green(blocks, _colour);
        string status = Status(span);
        string time = Duration.Text(duration / 1_000.0).PadLeft(TimeWidth);
        string line = $"{label} │{new string(' ', from)}{painted}{new string(' ', bar - from - length)}│{time} {(failed ? Ansi.Red(status, _colour) : status)}";
        _output.WriteLine(line.TrimEnd());
        if (failed && span.Text("message") is { Length: > 0 } message)
            _output.WriteLine($"{new string(' ', Math.Min(label.Length - 1, 2 * (int)TraceTable.Number(span, "depth") + 2))}{Ansi.Red(message, _colour)}");
    }

    private void WriteDetails(JsonObject span)
    {
        string indent = new(' ', 2 * (int)TraceTable.Number(span, "depth") + 4);
        _output.WriteLine(Ansi.Dim($"{indent}span {span.Text("spanId")}, {span.Text("source")} {span.Text("kind")}{(span.Text("pod") is { Length: > 0 } pod ? $" of {pod}" : "")}", _colour));
        foreach ((string name, JsonNode? value) in span["attributes"] as JsonObject ?? [])
            _output.WriteLine(Ansi.Dim($"{indent}{name}={(value is JsonValue text && text.TryGetValue(out string? plain) ? Printable(plain) : value?.ToJsonString())}", _colour));
    }

    /// <summary>The service, whether it sends (→) or receives (←) or does something of its own (•), and what.</summary>
    private static string Label(JsonObject span, string @namespace)
    {
        string sign = span.Text("source") switch { "outbound" => "→", "inbound" => "←", _ => "•" };
        return $"{new string(' ', 2 * (int)TraceTable.Number(span, "depth"))}{Printable(TraceTable.Service(span, "service", @namespace))} {sign} {Printable(span.Text("name") ?? "")}";
    }

    private static string Status(JsonObject span)
    {
        JsonObject attributes = span["attributes"] as JsonObject ?? [];
        if (attributes["rpc.grpc.status_code"] is { } grpc) return $"grpc {grpc.ToJsonString()}";
        return attributes["http.response.status_code"]?.ToJsonString() ?? "";
    }

    private static string Reason(string? kept) => kept switch
    {
        "sampled" => "it was recorded from the start",
        "error" => "something failed",
        "slow" => "it was slow",
        _ => "applications sent it",
    };

    private static string Fit(string text, int width) => text.Length > width ? $"{text.AsSpan(0, width - 1)}…" : text.PadRight(width);

    // Names come from applications: what steers a terminal must not reach it.
    private static string Printable(string text) => text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? '�' : c)) : text;
}
