namespace Tulle.Proxy.Resilience;

/// <summary>
/// The idle connections of one backend on one event loop, as holders of places of its limit. A loop whose request needs a place
/// claims one of another loop's, which then closes an idle connection and hands over that very place: nobody else can take it in
/// between, and the limit is never passed. Loop thread only, but for <see cref="TryClaim"/>.
/// </summary>
/// <param name="closeOne">Closes an idle connection of the backend on this loop; false when there is none.</param>
internal sealed class IdlePlaces(Func<bool> closeOne)
{
    private int _unclaimed;
    private int _closing;
    private int _kept;

    /// <summary>A connection became idle.</summary>
    public void Add() => Interlocked.Increment(ref _unclaimed);

    /// <summary>Takes one of the idle connections, or its place; false when all of them are claimed. Any thread.</summary>
    public bool TryClaim()
    {
        int seen = Volatile.Read(ref _unclaimed);
        while (seen > 0)
        {
            int before = Interlocked.CompareExchange(ref _unclaimed, seen - 1, seen);
            if (before == seen) return true;
            seen = before;
        }
        return false;
    }

    /// <summary>An idle connection is closed next, for reasons of its own. When all are claimed, its place goes to a claimant.</summary>
    public void OnClosing()
    {
        if (!TryClaim()) _closing++;
    }

    /// <summary>A connection is closed: whether its place stays taken.</summary>
    public bool KeepsPlace()
    {
        if (_closing == 0) return false;
        _closing--;
        _kept++;
        return true;
    }

    /// <summary>Makes good on a claim: true when the caller has a place now, which is still counted.</summary>
    public bool TryGiveUp()
    {
        if (_kept == 0)
        {
            _closing++;
            if (!closeOne())
            {
                _closing--;
                return false;
            }
        }
        _kept--;
        return true;
    }
}
