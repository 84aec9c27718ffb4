using System.Text.Json.Nodes;
using Tulle.Kubernetes;

namespace Tulle.Local.EndpointSlices;

/// <summary>
/// Waits until the control plane sends requests to pods. A ready pod is no endpoint yet: its status, the EndpointSlice and the control
/// plane's view follow one after the other, and whoever calls a service in between is told that it has no endpoints.
/// </summary>
internal static class RoutablePods
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    // Whoever edited a service such that it leads elsewhere still gets a mesh.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Returns when every pod is an endpoint of the service, or after ten seconds.</summary>
    public static async Task WaitAsync(KubernetesClient client, string @namespace, string service, IReadOnlyCollection<string> pods, TimeProvider clock, CancellationToken stop)
    {
        long started = clock.GetTimestamp();
        while (clock.GetElapsedTime(started) < Patience)
        {
            if (await AreRoutableAsync(client, @namespace, service, pods, stop).ConfigureAwait(false)) return;
            await Task.Delay(Pause, clock, stop).ConfigureAwait(false);
        }
    }

    private static async Task<bool> AreRoutableAsync(KubernetesClient client, string @namespace, string service, IReadOnlyCollection<string> pods, CancellationToken stop)
    {
        try
        {
            JsonObject answer = await client.GetRawAsync($"/apis/insight.tulle.dev/v1/namespaces/{@namespace}/endpoints/services/{service}", stop).ConfigureAwait(false);
            HashSet<string?> ready = [.. (answer["items"] as JsonArray ?? []).Where(item => item?["ready"] is JsonValue value && value.TryGetValue(out bool isReady) && isReady).Select(item => item.Text("pod"))];
            return pods.All(ready.Contains);
        }
        catch (Exception e) when (e is ApiStatusException or ApiUnreachableException)
        {
            return false;
        }
    }
}
