namespace Tulle.Http.Http2;

/// <summary>A token bucket on the connection's clock: what a peer may do beyond what is useful.</summary>
internal struct Http2Budget(int burst, int perSecond)
{
    // In thousandths, so that a millisecond of refill is not lost.
    private readonly long _capacity = burst * 1000L;
    private long _left = burst * 1000L;
    private long _refilledMs;

    /// <summary>Takes one; false when nothing is left.</summary>
    public bool TrySpend(long nowMs)
    {
        if (_left < 1000)
        {
            _left = Math.Min(_capacity, _left + (nowMs - _refilledMs) * perSecond);
            _refilledMs = nowMs;
            if (_left < 1000) return false;
        }
        _left -= 1000;
        return true;
    }

    /// <summary>Gives some back for a frame that was useful.</summary>
    public void Earn(int count) => _left = Math.Min(_capacity, _left + count * 1000L);

    /// <summary>Begins to count time.</summary>
    public void Start(long nowMs) => _refilledMs = nowMs;
}
