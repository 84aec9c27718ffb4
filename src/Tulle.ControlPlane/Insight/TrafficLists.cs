using System.Text.Json;

namespace Tulle.ControlPlane.Insight;

/// <summary>How edges, calls and routes look in the API.</summary>
internal static class TrafficLists
{
    public static void Write(Utf8JsonWriter json, IReadOnlyList<EdgeRow> rows)
    {
        json.WriteStartArray("items");
        foreach (EdgeRow row in rows)
        {
            Edge edge = row.Edge;
            json.WriteStartObject();
            json.WriteStartObject("source");
            WriteText(json, "namespace", edge.SourceNamespace);
            WriteText(json, "workload", edge.SourceWorkload);
            WriteText(json, "identity", edge.ClientIdentity);
            json.WriteEndObject();
            json.WriteStartObject("destination");
            WriteText(json, "namespace", edge.Namespace);
            WriteText(json, "workload", edge.Workload);
            WriteText(json, "service", edge.Service);
            WriteText(json, "identity", row.ServerIdentity);
            json.WriteEndObject();
            TrafficJson.Write(json, row.Traffic);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    public static void Write(Utf8JsonWriter json, IReadOnlyList<CallRow> rows)
    {
        json.WriteStartArray("items");
        foreach ((Call call, TrafficTotals traffic, HealthState? health) in rows)
        {
            json.WriteStartObject();
            json.WriteStartObject("source");
            WriteText(json, "namespace", call.SourceNamespace);
            WriteText(json, "workload", call.SourceWorkload);
            WriteText(json, "identity", call.ClientIdentity);
            json.WriteEndObject();
            json.WriteString("namespace", call.Namespace);
            json.WriteString("service", call.Service);
            WriteText(json, "health", health?.ToString().ToLowerInvariant() ?? "");
            TrafficJson.Write(json, traffic);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    public static void Write(Utf8JsonWriter json, IReadOnlyList<RouteRow> rows)
    {
        json.WriteStartArray("items");
        foreach (RouteRow row in rows)
        {
            json.WriteStartObject();
            json.WriteString("namespace", row.Id.Namespace);
            json.WriteString("service", row.Id.Service);
            WriteText(json, "route", row.Id.Route);
            TrafficJson.WriteRequests(json, row.Traffic);
            json.WriteNumber("requests", row.Traffic.Requests);
            json.WriteNumber("meshErrors", row.Traffic.MeshErrors);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteText(Utf8JsonWriter json, string name, string text)
    {
        if (text.Length > 0) json.WriteString(name, text);
        else json.WriteNull(name);
    }
}
