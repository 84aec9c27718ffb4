namespace Tulle.Proxy.Resilience;

/// <summary>
/// Admits the requests of one route at its rate, over all loops, and each client identity at its own. Any thread. Only the
/// first request of an identity allocates, and their number is bounded.
/// </summary>
internal sealed class RateLimiter
{
    /// <summary>
    /// Most identities that are told apart; those beyond share one bucket until others fall silent. A mesh has some
    /// hundreds of service accounts that call one workload at most.
    /// </summary>
    public const int MaxIdentities = 1_000;

    private const long SweepMicros = 1_000_000;

    private readonly Lock _lock = new();
    private TokenRate _all;
    private volatile Dictionary<string, Bucket> _identities = new(StringComparer.Ordinal);
    private readonly Bucket _others = new();
    private long _nextSweep;

    /// <summary>Identities that are told apart.</summary>
    public int IdentityCount => _identities.Count;

    /// <summary>
    /// Whether a request may pass. <paramref name="waitMicros"/>: when to come back otherwise.
    /// </summary>
    /// <param name="identity">The client's SPIFFE ID; empty for one that proved none: all of those are one client.</param>
    public bool TryPass(RateLimitModel model, string identity, long now, out long waitMicros)
    {
        waitMicros = 0;
        if (model.LimitsIdentities && model.RateOf(identity) is var rate and > 0)
        {
            // The client's own limit first: what it is refused must not cost the others.
            if (!BucketOf(identity, now).Rate.TryTake(rate, Math.Max(1, rate), now, out waitMicros)) return false;
        }
        return model.PerSecond <= 0 || _all.TryTake(model.PerSecond, model.Burst, now, out waitMicros);
    }

    private Bucket BucketOf(string identity, long now) => _identities.TryGetValue(identity, out Bucket? bucket) ? bucket : Add(identity, now);

    /// <summary>Copies the table with the new one: readers take no lock. Each identity comes here once.</summary>
    private Bucket Add(string identity, long now)
    {
        lock (_lock)
        {
            if (_identities.TryGetValue(identity, out Bucket? bucket)) return bucket;
            // Looking through the table again and again would cost more than it finds.
            bool full = _identities.Count >= MaxIdentities;
            if (full && now < _nextSweep) return _others;
            var next = new Dictionary<string, Bucket>(_identities, StringComparer.Ordinal);
            if (full)
            {
                _nextSweep = now + SweepMicros;
                foreach ((string key, Bucket idle) in _identities)
                {
                    if (idle.Rate.FullAt <= now) next.Remove(key);
                }
                if (next.Count >= MaxIdentities) return _others;
            }
            next.Add(identity, bucket = new Bucket());
            _identities = next;
            return bucket;
        }
    }

    private sealed class Bucket
    {
        public TokenRate Rate;
    }
}
