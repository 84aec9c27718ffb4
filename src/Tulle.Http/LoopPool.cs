namespace Tulle.Http;

/// <summary>A <see cref="FreeList{T}"/> whose objects are all alike, so that one is made where none is free. One thread.</summary>
/// <param name="make">Makes one.</param>
/// <param name="maxFree">Most that are kept. The default suits objects of about 1 KB.</param>
public sealed class LoopPool<T>(Func<T> make, int maxFree = 4_096)
    where T : class
{
    private readonly FreeList<T> _free = new(maxFree);

    /// <summary>Free ones.</summary>
    public int Count => _free.Count;

    /// <summary>One that is free, or a new one.</summary>
    public T Rent() => _free.TryRent(out T? item) ? item : make();

    /// <summary>Takes an object back, which the caller has reset. False: there are enough.</summary>
    public bool Return(T item) => _free.Return(item);

    /// <summary>Forgets what was not needed since the last call.</summary>
    /// <param name="drop">Called with each object that is forgotten.</param>
    public void Trim(Action<T>? drop = null) => _free.Trim(drop);
}
