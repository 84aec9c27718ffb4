using System.Text.Json.Nodes;
using Tulle.Kubernetes;

namespace Tulle.Cli.Insight;

/// <summary>Latency percentiles in milliseconds.</summary>
internal sealed record Latency(double P50, double P95, double P99);

/// <summary>One row of <c>tulle stat</c>: what the mesh saw of a workload in the window.</summary>
/// <param name="Meshed">Pods with a sidecar.</param>
/// <param name="Success">Share of requests that succeeded, 0 to 1; null without requests.</param>
/// <param name="Rps">Requests per second; null without requests.</param>
internal sealed record GoldenMetrics(
    string Namespace, string Kind, string Name, int Meshed, int Total, double? Success, double? Rps, Latency? Latency,
    long? TcpConnections, long Requests, long MeshErrors, double? Mtls, long BytesReceived = 0, long BytesSent = 0)
{
    public static IReadOnlyList<GoldenMetrics> ReadAll(JsonObject answer) =>
        [.. (answer["items"] as JsonArray ?? []).OfType<JsonObject>().Select(Read)];

    private static GoldenMetrics Read(JsonObject item)
    {
        Traffic traffic = Traffic.Read(item);
        return new GoldenMetrics(
            item.Text("namespace") ?? "",
            item.Text("kind") ?? "",
            item.Text("name") ?? "",
            (int)(Traffic.Number(item["meshed"]) ?? 0),
            (int)(Traffic.Number(item["total"]) ?? 0),
            traffic.Success,
            traffic.Rps,
            traffic.Latency,
            traffic.TcpConnections,
            traffic.Requests,
            traffic.MeshErrors,
            traffic.Mtls,
            traffic.BytesReceived,
            traffic.BytesSent);
    }
}
