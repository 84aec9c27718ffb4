using System.Text.Json.Nodes;
using Tulle.ApiServer.Objects;
using Tulle.ApiServer.Resources;
using Tulle.ApiServer.Storage;

namespace Tulle.ApiServer.Definitions;

/// <summary>Keeps what is served in step with the definitions that are stored.</summary>
internal sealed class DefinitionLife(ObjectStore store, ResourceRegistry registry)
{
    private static readonly ResourceType Definitions = new("apiextensions.k8s.io", "customresourcedefinitions");

    /// <summary>Serves what was defined before the start.</summary>
    public void Load()
    {
        foreach (StoredObject item in store.List(new StoreQuery(Definitions, null))!.Items) Serve(ObjectEncoding.Decode(item.Json));
    }

    /// <summary>Called when an object was written, before its author is answered: a definition takes effect at once.</summary>
    public void Committed(ServedResource resource, JsonObject value)
    {
        if (new ResourceType(resource.Kind.Group, resource.Kind.Plural) == Definitions) Serve(value);
    }

    /// <summary>Stops serving a deleted definition's kind and removes its objects.</summary>
    public async Task HandleAsync(StoreChange change, JsonObject value)
    {
        if (change.Key.Type != Definitions || change.Type != ChangeType.Deleted) return;
        string group = value.Text("spec", "group") ?? "", plural = value.Text("spec", "names", "plural") ?? "";
        // A definition of a built-in kind was never more than a note; and one may have been made again since.
        if (registry.IsBuiltIn(group, plural) || store.Get(change.Key) is not null) return;
        registry.Withdraw(group, plural);
        foreach (StoredObject item in store.List(new StoreQuery(new ResourceType(group, plural), null))!.Items)
            await store.WriteAsync(new WriteOperation(item.Key, null, null));
    }

    private void Serve(JsonObject definition)
    {
        if (DefinitionReader.Read(definition) is { } resource) registry.Serve(resource);
    }
}
