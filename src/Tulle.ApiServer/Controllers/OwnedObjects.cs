using System.Text.Json.Nodes;
using Tulle.ApiServer.Admission;
using Tulle.ApiServer.Errors;
using Tulle.ApiServer.Objects;
using Tulle.ApiServer.Resources;
using Tulle.ApiServer.Storage;

namespace Tulle.ApiServer.Controllers;

/// <summary>Deletes objects whose last owner is gone, and ends foreground and orphaning deletions.</summary>
internal sealed class OwnedObjects(ObjectStore store, ResourceRegistry registry, ObjectWriter writer, ObjectRemover remover)
{
    public async Task ResyncAsync()
    {
        foreach (ResourceKey key in store.Owned()) await CollectAsync(key);
        foreach (ResourceKey key in store.Deleting())
        {
            if (store.Get(key) is { } found) await FinishAsync(key, ObjectEncoding.Decode(found.Json));
        }
    }

    public async Task HandleAsync(StoreChange change, JsonObject value)
    {
        if (change.Type != ChangeType.Deleted)
        {
            if (value.IsDeleting()) await FinishAsync(change.Key, value);
            if (change.Type == ChangeType.Added && value.OwnerUids().Count > 0) await CollectAsync(change.Key);
            return;
        }
        foreach (ResourceKey owned in store.OwnedBy(value.Uid())) await CollectAsync(owned);
        foreach (string owner in value.OwnerUids())
        {
            if (store.FindByUid(owner) is { } found) await FinishAsync(found.Key, ObjectEncoding.Decode(found.Json));
        }
    }

    /// <summary>Deletes an object if it names owners and none of them is there.</summary>
    private async Task CollectAsync(ResourceKey key)
    {
        if (store.Get(key) is not { } found) return;
        IReadOnlyList<string> owners = ObjectEncoding.Decode(found.Json).OwnerUids();
        if (owners.Count == 0 || owners.Any(uid => store.FindByUid(uid) is not null)) return;
        await DeleteAsync(key);
    }

    /// <summary>Does what the finalizers of the collector stand for, and takes them off.</summary>
    private async Task FinishAsync(ResourceKey key, JsonObject value)
    {
        string[] finalizers = [.. value.Texts("metadata", "finalizers")];
        if (!value.IsDeleting()) return;
        if (finalizers.Contains(ObjectRemover.OrphanFinalizer))
        {
            foreach (ResourceKey owned in store.OwnedBy(value.Uid())) await ReleaseAsync(owned, value.Uid());
            await RemoveFinalizerAsync(key, ObjectRemover.OrphanFinalizer);
        }
        if (!finalizers.Contains(ObjectRemover.ForegroundFinalizer)) return;
        IReadOnlyList<ResourceKey> dependents = store.OwnedBy(value.Uid());
        foreach (ResourceKey owned in dependents) await DeleteAsync(owned);
        if (store.OwnedBy(value.Uid()).Count == 0) await RemoveFinalizerAsync(key, ObjectRemover.ForegroundFinalizer);
    }

    private Task ReleaseAsync(ResourceKey key, string owner) => UpdateAsync(key, value =>
    {
        JsonArray kept = new([.. value.Objects("metadata", "ownerReferences").Where(o => o.Text("uid") != owner).Select(o => o.DeepClone())]);
        value.Metadata()["ownerReferences"] = kept;
        return value;
    });

    private Task RemoveFinalizerAsync(ResourceKey key, string finalizer) => UpdateAsync(key, value =>
    {
        value.Metadata()["finalizers"] = new JsonArray([.. value.Texts("metadata", "finalizers").Where(f => f != finalizer).Select(f => (JsonNode)f)]);
        return value;
    });

    private async Task UpdateAsync(ResourceKey key, Func<JsonObject, JsonObject> change)
    {
        if (ScopeOf(key) is not { } scope) return;
        try
        {
            await writer.UpdateAsync(scope, key.Name, change);
        }
        catch (ApiException e) when (e.Code is 404 or 422)
        {
            // Gone already; or an object that today's rules would refuse, which its author must mend.
        }
    }

    private async Task DeleteAsync(ResourceKey key)
    {
        if (ScopeOf(key) is not { } scope) return;
        try
        {
            await remover.DeleteAsync(scope, key.Name, DeleteOptions.Default);
        }
        catch (ApiException e) when (e.Code == 404)
        {
            // Gone already, which is what is wanted.
        }
    }

    private WriteScope? ScopeOf(ResourceKey key) =>
        registry.Find(key.Group, key.Plural) is { } resource ? new WriteScope(resource, resource.Kind.Versions[0], key.Namespace) : null;
}
