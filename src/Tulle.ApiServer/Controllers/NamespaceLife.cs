using System.Text.Json.Nodes;
using Tulle.ApiServer.Admission;
using Tulle.ApiServer.Errors;
using Tulle.ApiServer.Objects;
using Tulle.ApiServer.Resources;
using Tulle.ApiServer.Storage;

namespace Tulle.ApiServer.Controllers;

/// <summary>Gives each namespace its default service account, and empties and removes those that are deleted.</summary>
internal sealed class NamespaceLife(ObjectStore store, ResourceRegistry registry, ObjectWriter writer, ObjectRemover remover)
{
    private const string DefaultAccount = "default";

    private static readonly ResourceType Namespaces = new("", "namespaces");

    public async Task ResyncAsync()
    {
        foreach (StoredObject item in store.List(new StoreQuery(Namespaces, null))!.Items)
        {
            JsonObject value = ObjectEncoding.Decode(item.Json);
            if (value.IsDeleting()) await EmptyAsync(item.Key.Name);
            else await EnsureAccountAsync(item.Key.Name);
        }
    }

    public async Task HandleAsync(StoreChange change, JsonObject value)
    {
        if (change.Key.Type == Namespaces)
        {
            if (change.Type == ChangeType.Added) await EnsureAccountAsync(change.Key.Name);
            else if (change.Type == ChangeType.Modified && value.IsDeleting()) await EmptyAsync(change.Key.Name);
        }
        else if (change.Type == ChangeType.Deleted && change.Key.Namespace.Length > 0)
        {
            if (change.Key is { Group: "", Plural: "serviceaccounts", Name: DefaultAccount }) await EnsureAccountAsync(change.Key.Namespace);
            await FinishAsync(change.Key.Namespace);
        }
    }

    private async Task EnsureAccountAsync(string ns)
    {
        var scope = new WriteScope(registry.Find("", "serviceaccounts")!, "v1", ns);
        if (store.Get(scope.Key(DefaultAccount)) is not null) return;
        try
        {
            await writer.CreateAsync(scope, new JsonObject { ["metadata"] = new JsonObject { ["name"] = DefaultAccount } });
        }
        catch (ApiException e) when (e.Code is 403 or 404 or 409)
        {
            // The namespace is going or gone, or someone else made it.
        }
    }

    private async Task EmptyAsync(string ns)
    {
        foreach (ResourceKey key in store.InNamespace(ns))
        {
            if (registry.Find(key.Group, key.Plural) is not { } resource)
            {
                // Left over from a definition that is gone; nobody can ask for it any more.
                await store.WriteAsync(new WriteOperation(key, null, null));
                continue;
            }
            try
            {
                await remover.DeleteAsync(new WriteScope(resource, resource.Kind.Versions[0], ns), key.Name, DeleteOptions.Default);
            }
            catch (ApiException e) when (e.Code == 404)
            {
                // Gone already, which is what is wanted.
            }
        }
        await FinishAsync(ns);
    }

    /// <summary>Removes a deleted namespace once nothing is in it.</summary>
    private async Task FinishAsync(string ns)
    {
        var key = new ResourceKey("", "namespaces", "", ns);
        if (store.Get(key) is not { } found) return;
        JsonObject value = ObjectEncoding.Decode(found.Json);
        if (!value.IsDeleting() || value.HasFinalizers() || store.InNamespace(ns).Count > 0) return;
        await store.WriteAsync(new WriteOperation(key, null, null));
    }
}
