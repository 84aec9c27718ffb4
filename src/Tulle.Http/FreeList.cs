using System.Diagnostics.CodeAnalysis;

namespace Tulle.Http;

/// <summary>
/// Objects of one event loop that nobody uses now, kept for reuse so that requests allocate nothing: as many as were in use at one time of
/// late, which a <see cref="Trim"/> every few seconds sees to. One thread.
/// </summary>
/// <param name="maxFree">Most that are kept; what has to be made beyond this is a request's own. The default suits objects of about 1 KB.</param>
public sealed class FreeList<T>(int maxFree = 4_096)
    where T : class
{
    private readonly Stack<T> _free = new();

    // Free all the time since the last trim: what nobody needed.
    private int _spare;

    /// <summary>How many there are.</summary>
    public int Count => _free.Count;

    /// <summary>Takes one out; false when there is none.</summary>
    public bool TryRent([MaybeNullWhen(false)] out T item)
    {
        if (!_free.TryPop(out item)) return false;
        if (_free.Count < _spare) _spare = _free.Count;
        return true;
    }

    /// <summary>Takes an object back, which the caller has reset. False: there are enough.</summary>
    public bool Return(T item)
    {
        if (_free.Count >= maxFree) return false;
        _free.Push(item);
        return true;
    }

    /// <summary>Forgets what was not needed since the last call.</summary>
    /// <param name="drop">Called with each object that is forgotten.</param>
    public void Trim(Action<T>? drop = null)
    {
        for (; _spare > 0; _spare--)
        {
            T item = _free.Pop();
            drop?.Invoke(item);
        }
        if (_free.Count == 0) _free.TrimExcess();
        _spare = _free.Count;
    }
}
