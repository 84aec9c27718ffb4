namespace Tulle.Proxy.Balancing;

/// <summary>
/// The endpoints that a request was sent to already, so that its next try goes elsewhere. Remembers the last few: with more
/// tries than that, old ones may well have recovered. Loop thread only.
/// </summary>
internal sealed class TriedEndpoints
{
    private const int Remembered = 4;

    private readonly Candidate?[] _tried = new Candidate?[Remembered];
    private int _count;

    public int Count => _count;

    public void Add(Candidate candidate) => _tried[_count++ % Remembered] = candidate;

    public bool Contains(Candidate candidate)
    {
        foreach (Candidate? tried in _tried)
        {
            if (ReferenceEquals(tried?.State, candidate.State)) return true;
        }
        return false;
    }

    /// <summary>Whether any of them is of that priority.</summary>
    public bool ContainsPriority(int priority)
    {
        foreach (Candidate? tried in _tried)
        {
            if (tried is not null && tried.Priority == priority) return true;
        }
        return false;
    }

    public void Clear()
    {
        if (_count == 0) return;
        Array.Clear(_tried);
        _count = 0;
    }
}
