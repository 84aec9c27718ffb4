using System.Text.Json.Nodes;
using Tulle.Kubernetes;
using Tulle.Kubernetes.Watching;
using Tulle.Local.EndpointSlices;
using Tulle.Local.Reconciliation;

namespace Tulle.Local.Mirroring;

/// <summary>Counts a Deployment's Pods into its status, so that <c>kubectl get deployments</c> tells the truth.</summary>
internal sealed class DeploymentStatusController
{
    private readonly KubernetesClient _client;
    private readonly ObjectCache _deployments;
    private readonly ObjectCache _pods;
    private readonly Reflector[] _reflectors;
    private readonly WorkQueue _queue;
    private readonly TimeProvider _clock;

    public DeploymentStatusController(KubernetesClient client, TimeProvider clock, Random random, Action<string> log)
    {
        _client = client;
        _clock = clock;
        _queue = new WorkQueue(ReconcileAsync, clock, line => log($"the status of a deployment could not be written: {line}"));
        _deployments = new ObjectCache((@namespace, name, before, now) =>
        {
            if (before is null && now is not null) _queue.Add(@namespace, name);
        }, log);
        _pods = new ObjectCache((@namespace, _, before, now) =>
        {
            if ((now ?? before).Text("metadata", "labels", MeshLabels.Service) is { } service) _queue.Add(@namespace, service);
        }, log);
        _reflectors =
        [
            new(client, KnownPaths.Deployments(), _deployments, new ReflectorOptions(), clock, new Random(random.Next())),
            new(client, KnownPaths.Pods(), _pods, new ReflectorOptions { LabelSelector = MeshLabels.Service }, clock, new Random(random.Next())),
        ];
    }

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        Task watching = Task.WhenAll(_reflectors.Select(reflector => reflector.RunAsync(stop)));
        try
        {
            await _queue.RunAsync(stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
        await watching.ConfigureAwait(false);
    }

    private Task ReconcileAsync(string @namespace, string name, CancellationToken stop)
    {
        if (_deployments.Get(@namespace, name) is not { } deployment) return Task.CompletedTask;
        JsonObject[] pods = [.. _pods.In(@namespace).Where(pod => pod.Text("metadata", "labels", MeshLabels.Service) == name)];
        int ready = pods.Count(SliceBuilder.IsReady);
        int wanted = deployment["spec"]?["replicas"]?.GetValue<int>() ?? 1;
        string now = PodStatus.Time(_clock.GetUtcNow());
        var status = new JsonObject
        {
            ["observedGeneration"] = deployment["metadata"]?["generation"]?.DeepClone() ?? 1,
            ["replicas"] = pods.Length,
            ["updatedReplicas"] = pods.Length,
            ["readyReplicas"] = ready,
            ["availableReplicas"] = ready,
            ["unavailableReplicas"] = Math.Max(0, wanted - ready),
            ["conditions"] = new JsonArray(new JsonObject
            {
                ["type"] = "Available",
                ["status"] = ready >= wanted ? "True" : "False",
                ["reason"] = ready >= wanted ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
                ["message"] = ready >= wanted ? "Every replica is ready." : $"{ready} of {wanted} replicas are ready.",
                ["lastTransitionTime"] = now,
                ["lastUpdateTime"] = now,
            }),
        };
        return _client.PatchAsync(
            KnownPaths.Deployments(@namespace, name).WithSubresource("status"), PatchKind.Merge, new JsonObject { ["status"] = status }, null, stop);
    }
}
