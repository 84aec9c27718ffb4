using System.Text.Json.Nodes;
using Tulle.Kubernetes;
using Tulle.Kubernetes.Configuration;
using Tulle.Local.Hosting;

namespace Tulle.Cli.Commands.Logs;

/// <summary>Which pods a service of this machine's mesh leads to.</summary>
internal static class ServicePods
{
    /// <summary>Names of the pods that services of this name select, in any namespace; empty where there are none, or the mesh does not answer: logs are there without it.</summary>
    public static async Task<string[]> OfAsync(MeshHome home, string service, TimeProvider clock, CancellationToken stop)
    {
        try
        {
            using var client = new KubernetesClient(KubeConfig.Load(home.Kubeconfig).ToOptions(), clock);
            ResourceList services = await client.ListAsync(ResourcePath.Of("", "v1", "services"), null, stop);
            ResourceList pods = await client.ListAsync(ResourcePath.Of("", "v1", "pods"), null, stop);
            return
            [
                .. services.Items.Where(item => item.Text("metadata", "name") == service)
                    .SelectMany(item => pods.Items.Where(pod => Selects(item, pod))).Select(pod => pod.Text("metadata", "name") ?? "").Distinct().Order(),
            ];
        }
        catch (Exception e) when (e is KubeConfigException or ApiUnreachableException or ApiStatusException)
        {
            return [];
        }
    }

    private static bool Selects(JsonObject service, JsonObject pod) =>
        service.Text("metadata", "namespace") == pod.Text("metadata", "namespace")
        && service["spec"]?["selector"] is JsonObject { Count: > 0 } selector
        && selector.All(label => pod.Text("metadata", "labels", label.Key) == label.Value?.GetValue<string>());
}
