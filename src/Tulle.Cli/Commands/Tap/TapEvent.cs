using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Tulle.Cli.Output;
using Tulle.Kubernetes;

namespace Tulle.Cli.Commands.Tap;

/// <summary>One event of a tapped request, as a line of text.</summary>
internal static class TapEvent
{
    /// <param name="value">An event of the insight API.</param>
    /// <param name="wide">Whether the pods and workloads of both sides and the peer's identity are added, under the names that Linkerd's tap has.</param>
    public static string Line(JsonObject value, bool wide)
    {
        string type = value.Text("type") ?? "?";
        StringBuilder line = new();
        line.Append(type).Append(" id=").Append(value.Text("id"));
        // Three wide, so that the columns of "in" and "out" line up.
        line.Append(" proxy=").Append((value.Text("proxy") ?? "").PadRight(3));
        line.Append(" src=").Append(value.Text("src")).Append(" dst=").Append(value.Text("dst"));
        line.Append(" tls=").Append(value["tls"] is JsonValue tls && tls.TryGetValue(out bool secured) && secured ? "true" : "false");
        switch (type)
        {
            case "req":
                line.Append(" :method=").Append(value.Text("method"));
                line.Append(" :authority=").Append(value.Text("authority"));
                line.Append(" :path=").Append(value.Text("path"));
                break;
            case "rsp":
                line.Append(" :status=").Append(Number(value["status"])?.ToString(CultureInfo.InvariantCulture));
                line.Append(" latency=").Append(Time(value["latencyMicros"]));
                Add(line, " tulle-error=", value.Text("meshError"));
                break;
            default:
                Add(line, " reset-error=", value.Text("resetError"));
                line.Append(" duration=").Append(Time(value["durationMicros"]));
                line.Append(" response-length=").Append(Number(value["responseBytes"]) ?? 0).Append('B');
                break;
        }
        if (wide)
        {
            AddSide(line, "src", value["source"]);
            AddSide(line, "dst", value["destination"]);
            Add(line, " peer=", value.Text("peer"));
        }
        return line.ToString();
    }

    /// <summary>Header and trailer fields, a line each: <c>&gt;</c> of requests, <c>&lt;</c> of responses.</summary>
    public static IEnumerable<string> Fields(JsonObject value)
    {
        string arrow = value.Text("type") == "req" ? ">" : "<";
        IEnumerable<JsonNode?> fields = (value["headers"] as JsonArray ?? []).Concat(value["trailers"] as JsonArray ?? []);
        return fields.Select(field => $"    {arrow} {field.Text("name")}: {field.Text("value")}");
    }

    private static void AddSide(StringBuilder line, string side, JsonNode? pod)
    {
        if (pod is null) return;
        Add(line, $" {side}_res=", pod.Text("workload"));
        Add(line, $" {side}_ns=", pod.Text("namespace"));
        Add(line, $" {side}_pod=", pod.Text("pod"));
    }

    private static void Add(StringBuilder line, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            line.Append(name).Append(value);
        }
    }

    private static string Time(JsonNode? micros) => Duration.Text((Number(micros) ?? 0) / 1000.0);

    private static long? Number(JsonNode? node) => node is JsonValue value && value.TryGetValue(out long number) ? number : null;
}
