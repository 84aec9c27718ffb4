using System.Text.Json;
using System.Text.Json.Nodes;
using Tulle.Kubernetes;
using Tulle.Local.Hosting;

namespace Tulle.Cli.Commands.Diagnose;

/// <summary>What a sidecar on this machine says of itself at its admin port.</summary>
/// <param name="Replica">Whose sidecar.</param>
/// <param name="Services">Services that its application serves, <c>name.namespace</c>.</param>
/// <param name="Disconnected">How long it has been without the control plane; null while it is connected.</param>
/// <param name="NotAfter">End of its certificate; null without one.</param>
internal sealed record SidecarPage(RunningReplica Replica, IReadOnlyList<string> Services, TimeSpan? Disconnected, DateTimeOffset? NotAfter)
{
    /// <summary>A healthy sidecar answers in a millisecond.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Asks every sidecar of this machine's mesh; one that does not answer has no services and no certificate.</summary>
    public static async Task<IReadOnlyList<SidecarPage>> ReadAllAsync(MeshHome home, CancellationToken stop)
    {
        using HttpClient http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = Patience };
        return await Task.WhenAll(RunningReplicas.Read(home).Select(replica => ReadAsync(http, replica, stop)));
    }

    private static async Task<SidecarPage> ReadAsync(HttpClient http, RunningReplica replica, CancellationToken stop)
    {
        try
        {
            return Parse(replica, JsonNode.Parse(await http.GetStringAsync(new Uri(replica.Admin, "/config"), stop)));
        }
        catch (Exception e) when (e is HttpRequestException or JsonException || (e is OperationCanceledException && !stop.IsCancellationRequested))
        {
            return new SidecarPage(replica, [], null, null);
        }
    }

    private static SidecarPage Parse(RunningReplica replica, JsonNode? page)
    {
        JsonNode? stream = page?["controlPlane"]?["discovery"];
        double seconds = stream?["forSeconds"] is JsonValue value && value.TryGetValue(out double number) ? number : 0;
        string[] services = [.. (page?["inbound"]?["ports"] as JsonArray ?? []).Select(port => port.Text("service") ?? "").Select(name => name.Split(':')[0]).Where(name => name.Length > 0).Distinct()];
        return new SidecarPage(
            replica, services, stream.Text("state") == "connected" ? null : TimeSpan.FromSeconds(seconds),
            DateTimeOffset.TryParse(page?["identity"].Text("notAfter"), out DateTimeOffset end) ? end : null);
    }
}
