using System.Text.Json.Nodes;
using Tulle.ApiServer.Errors;
using Tulle.ApiServer.Objects;
using Tulle.ApiServer.Storage;

namespace Tulle.ApiServer.Admission;

/// <summary>Deletes objects: at once, or when their finalizers are gone.</summary>
internal sealed class ObjectRemover(ObjectStore store, TimeProvider clock)
{
    public const string ForegroundFinalizer = "foregroundDeletion";
    public const string OrphanFinalizer = "orphan";

    private const int MaxAttempts = 5;

    /// <summary>Called with every object after it was removed, before the author is answered.</summary>
    public Action<WriteScope, JsonObject>? Removed { get; set; }

    /// <returns>The object, and whether it is gone already.</returns>
    public async Task<(StoredObject Object, bool Gone)> DeleteAsync(WriteScope scope, string name, DeleteOptions options)
    {
        ResourceKey key = scope.Key(name);
        for (int attempt = 1; ; attempt++)
        {
            StoredObject current = store.Get(key) ?? throw ApiErrors.NotFound(scope.Kind, name);
            JsonObject value = ObjectEncoding.Decode(current.Json, scope.ApiVersion, scope.Kind.Kind);
            CheckPreconditions(scope, value, options);
            if (scope.Kind is { Group: "", Plural: "namespaces" } && name is "default" or "kube-system" or "tulle-system")
                throw new ApiException(403, "Forbidden", $"namespaces \"{name}\" is forbidden: this namespace may not be deleted");
            bool gone = !MarkDeleting(scope, value, options);
            if (options.DryRun) return (current, gone);
            if (!gone && JsonNode.DeepEquals(value, ObjectEncoding.Decode(current.Json, scope.ApiVersion, scope.Kind.Kind))) return (current, false);
            WriteResult result = await store.WriteAsync(new WriteOperation(key, gone ? null : value, current.Version));
            if (result.Outcome == WriteOutcome.Conflict && attempt < MaxAttempts) continue;
            if (result.Outcome == WriteOutcome.NotFound) throw ApiErrors.NotFound(scope.Kind, name);
            if (result.Outcome != WriteOutcome.Done) throw ApiErrors.Conflict(scope.Kind, name);
            if (gone) Removed?.Invoke(scope, value);
            return (result.Object!, gone);
        }
    }

    /// <summary>Marks an object that must wait for its finalizers (or a namespace, which waits for its content).</summary>
    /// <returns>False when nothing holds it, and it can go at once.</returns>
    private bool MarkDeleting(WriteScope scope, JsonObject value, DeleteOptions options)
    {
        bool isNamespace = scope.Kind is { Group: "", Plural: "namespaces" };
        string? finalizer = options.Propagation switch
        {
            Propagation.Foreground => ForegroundFinalizer,
            Propagation.Orphan => OrphanFinalizer,
            _ => null,
        };
        JsonObject metadata = value.Metadata();
        if (finalizer is not null && !isNamespace && !value.Texts("metadata", "finalizers").Contains(finalizer))
        {
            if (metadata.Child("finalizers") is not JsonArray) metadata["finalizers"] = new JsonArray();
            metadata["finalizers"]!.AsArray().Add((JsonNode)finalizer);
        }
        if (!isNamespace && !value.HasFinalizers()) return false;
        if (!value.IsDeleting())
        {
            metadata["deletionTimestamp"] = ObjectMeta.Timestamp(clock.GetUtcNow());
            metadata["deletionGracePeriodSeconds"] = 0L;
        }
        if (isNamespace) value.Ensure("status")["phase"] = "Terminating";
        return true;
    }

    private static void CheckPreconditions(WriteScope scope, JsonObject value, DeleteOptions options)
    {
        if (options.Uid is { } uid && uid != value.Uid())
        {
            throw ApiErrors.Conflict(scope.Kind, value.Name(),
                $"the UID in the precondition ({uid}) does not match the UID in record ({value.Uid()}). The object might have been deleted and then recreated");
        }
        if (options.ResourceVersion is { } version && version != value.ResourceVersion())
        {
            throw ApiErrors.Conflict(scope.Kind, value.Name(),
                $"the ResourceVersion in the precondition ({version}) does not match the ResourceVersion in record ({value.ResourceVersion()}). The object might have been modified");
        }
    }
}
