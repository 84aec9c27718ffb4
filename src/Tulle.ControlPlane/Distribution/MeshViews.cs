using System.Collections.Immutable;

namespace Tulle.ControlPlane.Distribution;

/// <summary>The newest view of the mesh, and who wants to hear of newer ones. Thread-safe.</summary>
internal sealed class MeshViews
{
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ImmutableArray<Action> _observers = [];
    private volatile IMeshView? _current;

    /// <summary>Null until the registry has seen everything once.</summary>
    public IMeshView? Current => _current;

    /// <summary>Completes with the first view.</summary>
    public Task First => _first.Task;

    /// <summary>Puts a view in force and tells everyone. Called by the registry only.</summary>
    public void Publish(IMeshView view)
    {
        _current = view;
        _first.TrySetResult();
        foreach (Action observer in _observers) observer();
    }

    /// <summary>Calls an action, which must not block, after each new view; until disposed.</summary>
    public IDisposable Observe(Action observer)
    {
        ImmutableInterlocked.Update(ref _observers, static (list, added) => list.Add(added), observer);
        return new Observation(this, observer);
    }

    private sealed class Observation(MeshViews views, Action observer) : IDisposable
    {
        public void Dispose() =>
            ImmutableInterlocked.Update(ref views._observers, static (list, removed) => list.Remove(removed), observer);
    }
}
