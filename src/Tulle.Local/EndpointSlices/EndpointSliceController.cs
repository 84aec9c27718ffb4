using System.Text.Json.Nodes;
using Tulle.Kubernetes;
using Tulle.Kubernetes.Watching;
using Tulle.Local.Mirroring;
using Tulle.Local.Reconciliation;

namespace Tulle.Local.EndpointSlices;

/// <summary>
/// Keeps EndpointSlices in step with Services and Pods, whoever made them. Changes wake one worker that looks at a Service
/// as it is then, so a storm of changes costs one write for each Service.
/// </summary>
internal sealed class EndpointSliceController
{
    private readonly ObjectMirror _mirror;
    private readonly ObjectCache _services;
    private readonly ObjectCache _pods;
    private readonly ObjectCache _slices;
    private readonly Reflector[] _reflectors;
    private readonly WorkQueue _queue;

    /// <param name="client">The API.</param>
    /// <param name="clock">For waits.</param>
    /// <param name="random">For the jitter of reconnects.</param>
    /// <param name="log">Takes one line about what could not be done.</param>
    public EndpointSliceController(KubernetesClient client, TimeProvider clock, Random random, Action<string> log)
    {
        _mirror = new ObjectMirror(client);
        _queue = new WorkQueue(ReconcileAsync, clock, line => log($"the endpoints of a service could not be written: {line}"));
        _services = new ObjectCache((@namespace, name, _, _) => _queue.Add(@namespace, name), log);
        _pods = new ObjectCache(PodChanged, log);
        _slices = new ObjectCache(SliceChanged, log);
        var managed = new ReflectorOptions { LabelSelector = $"{SliceBuilder.ManagedByLabel}={SliceBuilder.Manager}" };
        _reflectors =
        [
            new(client, KnownPaths.EndpointSlices(), _slices, managed, clock, new Random(random.Next())),
            new(client, KnownPaths.Services(), _services, new ReflectorOptions(), clock, new Random(random.Next())),
            new(client, KnownPaths.Pods(), _pods, new ReflectorOptions(), clock, new Random(random.Next())),
        ];
    }

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        Task watching = Task.WhenAll(_reflectors.Select(reflector => reflector.RunAsync(stop)));
        try
        {
            // Slices of Services that went while nobody watched can only be told once all three are known.
            await Task.WhenAll(_services.Synced, _pods.Synced, _slices.Synced).WaitAsync(stop).ConfigureAwait(false);
            await _queue.RunAsync(stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
        await watching.ConfigureAwait(false);
    }

    private async Task ReconcileAsync(string @namespace, string name, CancellationToken stop)
    {
        JsonObject? service = _services.Get(@namespace, name);
        IReadOnlyList<JsonObject> wanted = service is null ? [] : SliceBuilder.Build(service, _pods.In(@namespace));
        JsonObject[] held = [.. _slices.In(@namespace).Where(slice => slice.Text("metadata", "labels", SliceBuilder.ServiceLabel) == name)];
        foreach (JsonObject slice in wanted)
            await WriteAsync(slice, held.FirstOrDefault(candidate => candidate.ObjectName() == slice.ObjectName()), stop).ConfigureAwait(false);
        foreach (JsonObject stale in held.Where(slice => wanted.All(other => other.ObjectName() != slice.ObjectName())))
            await _mirror.RemoveAsync(KnownPaths.EndpointSlices(@namespace, stale.ObjectName()), stop).ConfigureAwait(false);
    }

    private async Task WriteAsync(JsonObject slice, JsonObject? current, CancellationToken stop)
    {
        ResourcePath collection = KnownPaths.EndpointSlices(slice.ObjectNamespace());
        if (current is not null)
        {
            if (JsonNode.DeepEquals(current["endpoints"], slice["endpoints"]) && JsonNode.DeepEquals(current["ports"], slice["ports"])) return;
            slice["metadata"]!["resourceVersion"] = current.ObjectVersion();
        }
        // What was written is remembered at once: the watch may tell only after the next change was worked out.
        _slices.Put(current is null
            ? await _mirror.Client.CreateAsync(collection, slice, null, stop).ConfigureAwait(false)
            : await _mirror.Client.UpdateAsync(collection.WithName(slice.ObjectName()), slice, null, stop).ConfigureAwait(false));
    }

    private void PodChanged(string @namespace, string name, JsonObject? before, JsonObject? now)
    {
        foreach (JsonObject service in _services.In(@namespace))
        {
            if (service["spec"]?["selector"] is not JsonObject { Count: > 0 } selector) continue;
            if ((before is not null && SliceBuilder.Selects(selector, before)) || (now is not null && SliceBuilder.Selects(selector, now)))
                _queue.Add(@namespace, service.ObjectName());
        }
    }

    private void SliceChanged(string @namespace, string name, JsonObject? before, JsonObject? now)
    {
        // A slice that somebody changed or deleted is put right again.
        if ((now ?? before).Text("metadata", "labels", SliceBuilder.ServiceLabel) is { } service) _queue.Add(@namespace, service);
    }
}
