using System.Text.Json.Nodes;
using Tulle.ApiServer.Admission;
using Tulle.ApiServer.Definitions;
using Tulle.ApiServer.Errors;
using Tulle.ApiServer.Resources;
using Tulle.ApiServer.Storage;

namespace Tulle.ApiServer.Controllers;

/// <summary>
/// What kube-controller-manager does that a mesh on one machine needs: a service account in every namespace, the end of
/// terminating namespaces, and the collection of objects whose owner is gone. One loop over all changes.
/// </summary>
internal sealed class Collector(
    ObjectStore store, ResourceRegistry registry, ObjectWriter writer, ObjectRemover remover, DefinitionLife definitions,
    CancellationToken stopping)
{
    private readonly NamespaceLife _namespaces = new(store, registry, writer, remover);
    private readonly OwnedObjects _owned = new(store, registry, writer, remover);
    private Task _running = Task.CompletedTask;

    public void Start() => _running = Task.Run(RunAsync, CancellationToken.None);

    public Task StoppedAsync() => _running;

    private async Task RunAsync()
    {
        while (!stopping.IsCancellationRequested)
        {
            using ChangeSubscription subscription = store.Changes.Subscribe(null, null);
            try
            {
                // What happened while nobody looked: before the start, or when changes came faster than this loop is.
                await _namespaces.ResyncAsync();
                await _owned.ResyncAsync();
                await foreach (StoreChange change in subscription.Reader.ReadAllAsync(stopping)) await HandleAsync(change);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (ApiException)
            {
                // Another writer was faster five times, or the disk is full; the resync begins anew.
            }
        }
    }

    private async Task HandleAsync(StoreChange change)
    {
        JsonObject value = ObjectEncoding.Decode(change.Json);
        await definitions.HandleAsync(change, value);
        await _namespaces.HandleAsync(change, value);
        await _owned.HandleAsync(change, value);
    }
}
