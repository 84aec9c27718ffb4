using System.Text.Json.Nodes;
using Tulle.ApiServer.Errors;
using Tulle.ApiServer.Objects;
using Tulle.ApiServer.Resources;
using Tulle.ApiServer.Storage;

namespace Tulle.ApiServer.Admission;

/// <summary>Creates and updates objects: admission, metadata that only the server sets, and the retry when two writers meet.</summary>
internal sealed class ObjectWriter(ObjectStore store, ObjectAdmission admission, TimeProvider clock)
{
    // As often as kube-apiserver retries a patch that meets other writers.
    private const int MaxAttempts = 5;

    private const int MaxGeneratedNames = 8;

    /// <summary>Called with every object after it was committed, before the author is answered.</summary>
    public Action<ServedResource, JsonObject>? Committed { get; set; }

    public async Task<StoredObject> CreateAsync(WriteScope scope, JsonObject value)
    {
        ObjectAdmission.CheckType(scope, value);
        JsonObject metadata = value.Metadata();
        CheckNamespace(scope, metadata);
        if (value.ResourceVersion() is { Length: > 0 })
            throw ApiErrors.BadRequest("resourceVersion should not be set on objects to be created");
        string? prefix = value.Name().Length == 0 ? metadata.Text("generateName") : null;
        for (int attempt = 1; ; attempt++)
        {
            if (prefix is { Length: > 0 }) metadata["name"] = GeneratedNames.From(prefix);
            JsonObject prepared = await PrepareCreateAsync(scope, (JsonObject)value.DeepClone());
            ResourceKey key = scope.Key(prepared.Name());
            if (scope.DryRun)
            {
                if (store.Get(key) is not null) throw ApiErrors.AlreadyExists(scope.Kind, key.Name);
                return new StoredObject(key, 0, ObjectEncoding.Encode(prepared));
            }
            WriteResult result = await store.WriteAsync(new WriteOperation(key, prepared, ExpectedVersion: 0, CheckNamespace: scope.Kind.Namespaced));
            if (result.Outcome == WriteOutcome.AlreadyExists && prefix is { Length: > 0 } && attempt < MaxGeneratedNames) continue;
            StoredObject stored = Done(scope, key.Name, result);
            Committed?.Invoke(scope.Resource, prepared);
            return stored;
        }
    }

    /// <summary>Replaces an object by what <paramref name="change"/> makes of it.</summary>
    /// <param name="scope">What is written.</param>
    /// <param name="name">Its name.</param>
    /// <param name="change">From the present object (a copy, with apiVersion and kind) to the wanted one. Called again when another writer was faster.</param>
    public async Task<StoredObject> UpdateAsync(WriteScope scope, string name, Func<JsonObject, JsonObject> change)
    {
        ResourceKey key = scope.Key(name);
        for (int attempt = 1; ; attempt++)
        {
            StoredObject current = store.Get(key) ?? throw ApiErrors.NotFound(scope.Kind, name);
            JsonObject old = ObjectEncoding.Decode(current.Json, scope.ApiVersion, scope.Kind.Kind);
            JsonObject wanted = change((JsonObject)old.DeepClone());
            ObjectAdmission.CheckType(scope, wanted);
            CheckNamespace(scope, wanted.Metadata());
            CheckIdentity(scope, name, old, wanted);
            JsonObject prepared = await PrepareUpdateAsync(scope, old, wanted);
            bool remove = prepared.IsDeleting() && !prepared.HasFinalizers() && !IsNamespace(scope);
            if (scope.DryRun || (!remove && JsonNode.DeepEquals(old, prepared))) return current with { Json = ObjectEncoding.Encode(prepared) };
            WriteResult result = await store.WriteAsync(new WriteOperation(key, remove ? null : prepared, current.Version));
            if (result.Outcome == WriteOutcome.Conflict && attempt < MaxAttempts) continue;
            StoredObject stored = Done(scope, name, result);
            Committed?.Invoke(scope.Resource, prepared);
            return stored;
        }
    }

    private async Task<JsonObject> PrepareCreateAsync(WriteScope scope, JsonObject value)
    {
        JsonObject metadata = value.Metadata();
        foreach (string field in ServerFields) metadata.Remove(field);
        if (scope.Kind.HasStatus) value.Remove("status");
        value = await admission.AdmitAsync(scope, value, null);
        metadata = value.Metadata();
        metadata["uid"] = Guid.NewGuid().ToString();
        metadata["creationTimestamp"] = ObjectMeta.Timestamp(clock.GetUtcNow());
        if (scope.Kind.Namespaced) metadata["namespace"] = scope.Namespace;
        else metadata.Remove("namespace");
        if (HasGeneration(scope, value)) metadata["generation"] = 1L;
        return value;
    }

    private async Task<JsonObject> PrepareUpdateAsync(WriteScope scope, JsonObject old, JsonObject wanted)
    {
        JsonObject value = wanted;
        if (scope.Subresource == "status")
        {
            value = (JsonObject)old.DeepClone();
            if (wanted.Child("status") is { } status) value["status"] = status.DeepClone();
            else value.Remove("status");
        }
        else if (scope.Kind.HasStatus)
        {
            if (old.Child("status") is { } status) value["status"] = status.DeepClone();
            else value.Remove("status");
        }
        RestoreServerFields(old, value);
        value = await admission.AdmitAsync(scope, value, old);
        if (HasGeneration(scope, value) && !SameSpec(old, value))
            value.Metadata()["generation"] = (old.Number("metadata", "generation") ?? 0) + 1;
        return value;
    }

    private static readonly string[] ServerFields =
        ["uid", "creationTimestamp", "generation", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "managedFields", "resourceVersion"];

    private static void RestoreServerFields(JsonObject old, JsonObject value)
    {
        JsonObject metadata = value.Metadata();
        foreach (string field in ServerFields)
        {
            if (old.At("metadata", field) is { } kept) metadata[field] = kept.DeepClone();
            else metadata.Remove(field);
        }
    }

    private static void CheckNamespace(WriteScope scope, JsonObject metadata)
    {
        if (!scope.Kind.Namespaced) return;
        string ns = metadata.Text("namespace") ?? "";
        if (ns.Length == 0) metadata["namespace"] = scope.Namespace;
        else if (ns != scope.Namespace)
            throw ApiErrors.BadRequest($"the namespace of the provided object does not match the namespace sent on the request: {ns} is not {scope.Namespace}");
    }

    private static void CheckIdentity(WriteScope scope, string name, JsonObject old, JsonObject wanted)
    {
        if (wanted.Name().Length == 0) wanted.Metadata()["name"] = name;
        else if (wanted.Name() != name)
            throw ApiErrors.BadRequest($"the name of the object ({wanted.Name()}) does not match the name on the URL ({name})");
        if (wanted.Uid() is { Length: > 0 } uid && uid != old.Uid())
            throw ApiErrors.Conflict(scope.Kind, name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {old.Uid()}");
        if (wanted.ResourceVersion() is { Length: > 0 } version && version != old.ResourceVersion()) throw ApiErrors.Conflict(scope.Kind, name);
    }

    private static bool HasGeneration(WriteScope scope, JsonObject value) => scope.Kind.Group.Length > 0 && value.ContainsKey("spec");

    private static bool SameSpec(JsonObject old, JsonObject value)
    {
        static bool Counts(string field) => field is not ("metadata" or "status" or "apiVersion" or "kind");
        return old.Count(f => Counts(f.Key)) == value.Count(f => Counts(f.Key))
            && value.Where(f => Counts(f.Key)).All(f => JsonNode.DeepEquals(f.Value, old.Child(f.Key)));
    }

    private static bool IsNamespace(WriteScope scope) => scope.Kind is { Group: "", Plural: "namespaces" };

    private static StoredObject Done(WriteScope scope, string name, WriteResult result) => result.Outcome switch
    {
        WriteOutcome.Done => result.Object!,
        WriteOutcome.AlreadyExists => throw ApiErrors.AlreadyExists(scope.Kind, name),
        WriteOutcome.NotFound => throw ApiErrors.NotFound(scope.Kind, name),
        WriteOutcome.NamespaceNotFound => throw ApiErrors.NamespaceNotFound(scope.Namespace ?? ""),
        WriteOutcome.NamespaceTerminating => throw ApiErrors.NamespaceTerminating(scope.Kind, name, scope.Namespace ?? ""),
        _ => throw ApiErrors.Conflict(scope.Kind, name),
    };
}
