using System.Text.Json;

namespace Tulle.ControlPlane.Insight;

/// <summary>The golden metrics of one workload.</summary>
internal sealed record StatRow(string Namespace, string Kind, string Name, int Meshed, int Total, TrafficTotals Traffic)
{
    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("namespace", Namespace);
        json.WriteString("kind", Kind);
        json.WriteString("name", Name);
        json.WriteNumber("meshed", Meshed);
        json.WriteNumber("total", Total);
        TrafficJson.Write(json, Traffic);
        json.WriteEndObject();
    }
}
