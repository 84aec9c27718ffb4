using System.Text.Json;

namespace Tulle.ControlPlane.Insight;

/// <summary>How golden metrics look in every answer of the API; docs/reference/insight-api.md says what each is.</summary>
internal static class TrafficJson
{
    /// <summary>Writes them into the object that is open.</summary>
    public static void Write(Utf8JsonWriter json, TrafficTotals traffic)
    {
        WriteRequests(json, traffic);
        json.WriteNumber("tcpConnections", traffic.OpenConnections);
        json.WriteNumber("requests", traffic.Requests);
        json.WriteNumber("meshErrors", traffic.MeshErrors);
        WriteShare(json, "mtls", traffic.Mtls);
        json.WriteNumber("bytesReceived", traffic.BytesReceived);
        json.WriteNumber("bytesSent", traffic.BytesSent);
    }

    /// <summary>Writes success, rate and latency into the object that is open.</summary>
    public static void WriteRequests(Utf8JsonWriter json, TrafficTotals traffic)
    {
        WriteShare(json, "success", traffic.Success);
        json.WriteNumber("rps", Math.Round(traffic.RequestsPerSecond, 3));
        if (traffic.Requests == 0)
        {
            json.WriteNull("latencyMs");
            return;
        }
        json.WriteStartObject("latencyMs");
        json.WriteNumber("p50", Math.Round(traffic.LatencyMs(0.50), 3));
        json.WriteNumber("p95", Math.Round(traffic.LatencyMs(0.95), 3));
        json.WriteNumber("p99", Math.Round(traffic.LatencyMs(0.99), 3));
        json.WriteEndObject();
    }

    private static void WriteShare(Utf8JsonWriter json, string name, double? share)
    {
        if (share is { } value) json.WriteNumber(name, Math.Round(value, 6));
        else json.WriteNull(name);
    }
}
