using System.Text.Json;

namespace Tulle.ControlPlane.Insight.History;

/// <summary>How history looks in the API.</summary>
internal static class HistoryJson
{
    public static void Write(Utf8JsonWriter json, HistoryQuery time, IReadOnlyList<(string Namespace, string Kind, string Name, TrafficTotals[] Steps)> items)
    {
        json.WriteNumber("start", time.Start);
        json.WriteNumber("step", time.Step);
        json.WriteStartArray("items");
        foreach ((string @namespace, string kind, string name, TrafficTotals[] steps) in items)
        {
            json.WriteStartObject();
            json.WriteString("namespace", @namespace);
            json.WriteString("kind", kind);
            json.WriteString("name", name);
            json.WriteStartArray("points");
            for (int i = 0; i < steps.Length; i++)
            {
                json.WriteStartObject();
                json.WriteNumber("time", time.Start + (long)i * time.Step);
                TrafficJson.WriteRequests(json, steps[i]);
                json.WriteNumber("requests", steps[i].Requests);
                json.WriteNumber("meshErrors", steps[i].MeshErrors);
                json.WriteNumber("bytesReceived", steps[i].BytesReceived);
                json.WriteNumber("bytesSent", steps[i].BytesSent);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
