using System.Text.Json.Nodes;
using Tulle.Cli.Insight;
using Tulle.Kubernetes;

namespace Tulle.Cli.Commands.Check;

/// <summary>Whether the workloads and their sidecars are well.</summary>
internal sealed class DataPlaneChecks(ApiChecks api)
{
    private const string Sidecar = "tulle-proxy";
    private const int Shown = 5;

    private IReadOnlyList<JsonObject> _pods = [];
    private IReadOnlyList<JsonObject> _proxies = [];

    public CheckCategory Category => new("tulle-data-plane",
    [
        new("pods are in the mesh", MeshedAsync),
        new("pods in the mesh are ready", ReadyAsync),
        new("services send requests to their ready pods", RoutableAsync),
        new("sidecars do not restart over and over", RestartsAsync),
        new("sidecars are connected to the control plane", ConnectedAsync),
        new("sidecars took their last configuration", ConfiguredAsync),
        new("sidecars have the version of this executable", VersionAsync),
    ]);

    private async Task<CheckOutcome> MeshedAsync(CancellationToken stop)
    {
        ResourceList all = await api.Mesh.Client.ListAsync(ResourcePath.Of("", "v1", "pods"), cancellation: stop);
        _pods = [.. all.Items.Where(pod => Containers(pod).Any(c => c.Text("name") == Sidecar) && pod["metadata"]?["deletionTimestamp"] is null)];
        return _pods.Count > 0
            ? CheckOutcome.Good
            : CheckOutcome.Warn("no pod has a sidecar", "start one with 'tulle run --service NAME --port N -- COMMAND', or 'tulle up -f compose.yaml'");
    }

    private Task<CheckOutcome> ReadyAsync(CancellationToken stop)
    {
        string[] waiting = [.. _pods.Where(pod => pod.Text("status", "phase") is not ("Succeeded" or "Failed") && !IsReady(pod))
            .Select(pod => $"{Describe(pod)} is not ready{(ReadyCondition(pod).Text("message") is { Length: > 0 } why ? $": {why}" : "")}")];
        string more = waiting.Length > Shown ? $"\nand {waiting.Length - Shown} more" : "";
        return Task.FromResult(waiting.Length == 0
            ? CheckOutcome.Good
            : CheckOutcome.Bad($"{string.Join('\n', waiting.Take(Shown))}{more}", "'tulle diagnose SERVICE', 'tulle logs NAME' and 'kubectl describe pod NAME' say more"));
    }

    /// <summary>A pod is an endpoint a moment after it is ready; in between its callers are told that there is none.</summary>
    private async Task<CheckOutcome> RoutableAsync(CancellationToken stop)
    {
        HashSet<string> ready = [.. _pods.Where(IsReady).Select(Describe)];
        ResourceList slices = await api.Mesh.Client.ListAsync(ResourcePath.Of("discovery.k8s.io", "v1", "endpointslices"), cancellation: stop);
        string[] waiting = [.. slices.Items
            .SelectMany(slice => (slice["endpoints"] as JsonArray ?? []).OfType<JsonObject>()
                .Where(endpoint => endpoint["conditions"]?["ready"] is JsonValue value && value.TryGetValue(out bool isReady) && !isReady)
                .Select(endpoint => $"{slice.ObjectNamespace()}/{endpoint.Text("targetRef", "name")}"))
            .Where(ready.Contains).Distinct()];
        return waiting.Length == 0
            ? CheckOutcome.Good
            : CheckOutcome.Bad(List(waiting, "is ready, but no endpoint yet", "are ready, but no endpoints yet"), "that takes a second; if it stays so, see 'tulle diagnose SERVICE'");
    }

    private Task<CheckOutcome> RestartsAsync(CancellationToken stop)
    {
        string[] restless = [.. _pods
            .Where(pod => (pod["status"]?["containerStatuses"] as JsonArray ?? []).OfType<JsonObject>()
                .Any(s => s.Text("name") == Sidecar && s["state"]?["waiting"] is not null && Restarts(s) > 3))
            .Select(Describe)];
        return Task.FromResult(restless.Length == 0
            ? CheckOutcome.Good
            : CheckOutcome.Bad(List(restless, "has a sidecar that keeps ending", "have sidecars that keep ending"), "its log says why: 'tulle logs NAME --proxy'"));
    }

    private async Task<CheckOutcome> ConnectedAsync(CancellationToken stop)
    {
        JsonObject answer = await api.Mesh.Client.GetRawAsync(InsightPath.Proxies, stop);
        _proxies = [.. (answer["items"] as JsonArray ?? []).OfType<JsonObject>()];
        HashSet<string> connected = [.. _proxies.Select(Proxy)];
        string[] lost = [.. _pods.Where(IsReady).Select(Describe).Where(pod => !connected.Contains(pod))];
        return lost.Length == 0
            ? CheckOutcome.Good
            : CheckOutcome.Bad(
                List(lost, "is not connected: it serves with what it knew last", "are not connected: they serve with what they knew last"),
                "the sidecar's log says why: 'tulle logs NAME --proxy'");
    }

    private Task<CheckOutcome> ConfiguredAsync(CancellationToken stop)
    {
        string[] refused = [.. _proxies.SelectMany(proxy => (proxy["resources"] as JsonArray ?? []).OfType<JsonObject>()
            .Where(resource => resource.Text("error") is not null)
            .Select(resource => $"{Proxy(proxy)} refused {resource.Text("resource")}: {resource.Text("error")}"))];
        return Task.FromResult(refused.Length == 0
            ? CheckOutcome.Good
            : CheckOutcome.Bad(string.Join('\n', refused.Take(Shown)), "it keeps the last configuration that it took; undo the last change, and report this: the control plane should not have sent it"));
    }

    private Task<CheckOutcome> VersionAsync(CancellationToken stop)
    {
        string[] others = [.. _proxies.Where(p => p.Text("proxyVersion") is { Length: > 0 } version && version != ClientVersion.Text)
            .Select(p => $"{Proxy(p)} ({p.Text("proxyVersion")})")];
        return Task.FromResult(others.Length == 0
            ? CheckOutcome.Good
            : CheckOutcome.Warn($"this executable is {ClientVersion.Text}; {List(others, "has another version", "have other versions")}", "restart those workloads"));
    }

    private static string Proxy(JsonObject proxy) => $"{proxy.Text("namespace")}/{proxy.Text("pod")}";

    private static int Restarts(JsonObject status) => status["restartCount"] is JsonValue value && value.TryGetValue(out int count) ? count : 0;

    private static IEnumerable<JsonObject> Containers(JsonObject pod) =>
        new[] { "containers", "initContainers" }.SelectMany(list => (pod["spec"]?[list] as JsonArray ?? []).OfType<JsonObject>());

    private static bool IsReady(JsonObject pod) => ReadyCondition(pod).Text("status") == "True";

    private static JsonNode? ReadyCondition(JsonObject pod) => (pod["status"]?["conditions"] as JsonArray ?? []).FirstOrDefault(c => c.Text("type") == "Ready");

    private static string Describe(JsonObject pod) => $"{pod.ObjectNamespace()}/{pod.ObjectName()}";

    private static string List(string[] pods, string one, string many)
    {
        string names = string.Join(", ", pods.Take(Shown));
        return pods.Length == 1 ? $"{names} {one}" : pods.Length <= Shown ? $"{names} {many}" : $"{names} and {pods.Length - Shown} more {many}";
    }
}
