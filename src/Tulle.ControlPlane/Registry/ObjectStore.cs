using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Tulle.Kubernetes;
using Tulle.Kubernetes.Watching;
using Tulle.Model.Documents;

namespace Tulle.ControlPlane.Registry;

/// <summary>The objects of one kind, kept in step by a reflector. The registry's thread reads what the reflector's writes.</summary>
internal abstract class ObjectStore(Action changed) : IReflectorHandler
{
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _dirty = true;

    /// <summary>Completes when everything was seen once.</summary>
    public Task Synced => _synced.Task;

    protected Lock Gate { get; } = new();

    public void Handle(ReflectorEvent change)
    {
        if (change.Kind == ReflectorEventKind.Synced)
        {
            _synced.TrySetResult();
            return;
        }
        Take(change.Kind, change.Object!);
        lock (Gate) _dirty = true;
        // Before the first complete listing a snapshot would show services without endpoints.
        if (_synced.Task.IsCompleted) changed();
    }

    public abstract void Failed(Exception error);

    /// <summary>Puts the objects into a snapshot; the same snapshot when nothing changed since the last time.</summary>
    public MeshSnapshot ApplyTo(MeshSnapshot snapshot)
    {
        lock (Gate)
        {
            if (!_dirty) return snapshot;
            _dirty = false;
            return Index(snapshot);
        }
    }

    protected abstract void Take(ReflectorEventKind kind, JsonObject value);

    protected abstract MeshSnapshot Index(MeshSnapshot snapshot);
}

/// <summary>The objects of one kind, decoded.</summary>
/// <param name="plural">For the log.</param>
/// <param name="decode">To the record; what it throws leaves the object's last good form in force.</param>
/// <param name="index">Puts them into a snapshot.</param>
/// <param name="changed">Told after each change.</param>
/// <param name="log">Where trouble is said.</param>
internal sealed class ObjectStore<T>(
    string plural, Func<MappingNode, T> decode, Func<MeshSnapshot, IEnumerable<T>, MeshSnapshot> index, Action changed, ILogger log)
    : ObjectStore(changed)
{
    private readonly Dictionary<ObjectKey, T> _objects = [];

    public override void Failed(Exception error) => log.WatchFailed(plural, error.Message);

    protected override void Take(ReflectorEventKind kind, JsonObject value)
    {
        var key = new ObjectKey(value.ObjectNamespace(), value.ObjectName());
        if (kind == ReflectorEventKind.Deleted)
        {
            lock (Gate) _objects.Remove(key);
            return;
        }
        try
        {
            T decoded = decode(JsonNodes.FromJson(value));
            lock (Gate) _objects[key] = decoded;
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            log.DecodeFailed(plural, key.ToString(), error.Message);
        }
    }

    protected override MeshSnapshot Index(MeshSnapshot snapshot) => index(snapshot, _objects.Values);
}
