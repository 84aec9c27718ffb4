using System.Text.Json.Nodes;

namespace Tulle.Cli.Insight;

/// <summary>The numbers that every answer of the insight API has.</summary>
/// <param name="Success">Share of requests that succeeded, 0 to 1; null without requests.</param>
/// <param name="Rps">Requests per second.</param>
/// <param name="Latency">Null without requests.</param>
/// <param name="TcpConnections">Open now; null where the answer has none.</param>
/// <param name="Requests">In the window.</param>
/// <param name="MeshErrors">Requests that the mesh answered itself.</param>
/// <param name="Mtls">Share of the traffic over mesh mTLS; null without traffic.</param>
/// <param name="BytesReceived">From the other side, in the window.</param>
/// <param name="BytesSent">To the other side, in the window.</param>
internal sealed record Traffic(
    double? Success, double? Rps, Latency? Latency, long? TcpConnections, long Requests, long MeshErrors, double? Mtls, long BytesReceived, long BytesSent)
{
    public static Traffic Read(JsonObject item) => new(
        Number(item["success"]),
        Number(item["rps"]),
        item["latencyMs"] is JsonObject latency
            ? new Latency(Number(latency["p50"]) ?? 0, Number(latency["p95"]) ?? 0, Number(latency["p99"]) ?? 0)
            : null,
        (long?)Number(item["tcpConnections"]),
        (long)(Number(item["requests"]) ?? 0),
        (long)(Number(item["meshErrors"]) ?? 0),
        Number(item["mtls"]),
        (long)(Number(item["bytesReceived"]) ?? 0),
        (long)(Number(item["bytesSent"]) ?? 0));

    public static double? Number(JsonNode? node) => node is JsonValue value && value.TryGetValue(out double number) ? number : null;
}
