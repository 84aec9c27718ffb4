using System.Text.Json.Nodes;
using Tulle.Kubernetes;
using Tulle.Kubernetes.Watching;

namespace Tulle.Local.Reconciliation;

/// <summary>Told of a change: namespace, name, the object before (null: new), the object now (null: deleted).</summary>
internal delegate void ObjectChanged(string @namespace, string name, JsonObject? before, JsonObject? now);

/// <summary>The objects of one watched collection. Thread-safe; the objects in it must not be changed.</summary>
internal sealed class ObjectCache(ObjectChanged changed, Action<string> log) : IReflectorHandler
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Dictionary<string, JsonObject>> _byNamespace = [];
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the collection was listed for the first time.</summary>
    public Task Synced => _synced.Task;

    public JsonObject? Get(string @namespace, string name)
    {
        lock (_gate) return _byNamespace.TryGetValue(@namespace, out Dictionary<string, JsonObject>? objects) ? objects.GetValueOrDefault(name) : null;
    }

    public IReadOnlyList<JsonObject> In(string @namespace)
    {
        lock (_gate) return _byNamespace.TryGetValue(@namespace, out Dictionary<string, JsonObject>? objects) ? [.. objects.Values] : [];
    }

    /// <summary>Takes over an object that was just written.</summary>
    public void Put(JsonObject value)
    {
        lock (_gate)
        {
            if (!_byNamespace.TryGetValue(value.ObjectNamespace(), out Dictionary<string, JsonObject>? objects))
                _byNamespace[value.ObjectNamespace()] = objects = [];
            // The watch may tell of an older version than the one that was just written.
            if (objects.TryGetValue(value.ObjectName(), out JsonObject? held) && Version(held) > Version(value)) return;
            objects[value.ObjectName()] = value;
        }
    }

    public void Handle(ReflectorEvent change)
    {
        if (change.Object is not { } value)
        {
            _synced.TrySetResult();
            return;
        }
        JsonObject? before = Get(value.ObjectNamespace(), value.ObjectName());
        bool deleted = change.Kind == ReflectorEventKind.Deleted;
        if (deleted)
        {
            lock (_gate)
            {
                if (_byNamespace.TryGetValue(value.ObjectNamespace(), out Dictionary<string, JsonObject>? objects)) objects.Remove(value.ObjectName());
            }
        }
        else
        {
            Put(value);
        }
        changed(value.ObjectNamespace(), value.ObjectName(), before, deleted ? null : value);
    }

    private static ulong Version(JsonObject value) => ulong.TryParse(value.ObjectVersion(), out ulong version) ? version : 0;

    public void Failed(Exception error) => log($"the API cannot be watched, trying again: {error.Message}");
}
