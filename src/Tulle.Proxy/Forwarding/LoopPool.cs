namespace Tulle.Proxy.Forwarding;

/// <summary>
/// Objects of one event loop, kept for reuse so that requests allocate nothing: as many as were in use at one time of late. Loop thread only.
/// </summary>
internal sealed class LoopPool<T>(Func<T> make)
    where T : class
{
    // About 1 KB each, and no more than were needed within some seconds. What has to be made beyond this is a request's own.
    private const int MaxFree = 4_096;

    private readonly Stack<T> _free = new();

    // Free all the time since the last trim: what nobody needed.
    private int _spare;

    public T Rent()
    {
        if (!_free.TryPop(out T? item)) return make();
        if (_free.Count < _spare) _spare = _free.Count;
        return item;
    }

    /// <summary>Forgets what was not needed since the last call.</summary>
    public void Trim()
    {
        while (_spare-- > 0) _ = _free.Pop();
        if (_free.Count == 0) _free.TrimExcess();
        _spare = _free.Count;
    }

    /// <summary>Takes an object back. The caller has reset it.</summary>
    public void Return(T item)
    {
        if (_free.Count < MaxFree) _free.Push(item);
    }
}
