namespace Tulle.Proxy.Balancing;

/// <summary>
/// The usable endpoints of one priority, and what policies keep about them. Made anew in place when usability changes, so
/// that neither an ejection nor a request allocates. Loop thread only.
/// </summary>
internal sealed class CandidateSet
{
    private readonly Candidate[] _items;
    private readonly uint[] _cumulative;
    private readonly SlowStartModel? _slowStart;
    private readonly (double Due, int Index)[] _queue;
    private int _count;
    private int _next;
    private bool _weighted;

    public CandidateSet(Candidate[] all, HashTable? table, SlowStartModel? slowStart, bool isRoundRobin)
    {
        All = all;
        Table = table;
        _slowStart = slowStart;
        _items = new Candidate[all.Length];
        bool differ = Array.Exists(all, candidate => candidate.Weight != all[0].Weight);
        _cumulative = differ ? new uint[all.Length] : [];
        _queue = isRoundRobin && (differ || slowStart is not null) ? new (double, int)[all.Length] : [];
    }

    /// <summary>Every endpoint of the priority, in the order of the model.</summary>
    public Candidate[] All { get; }

    /// <summary>Where keys hash to; null for policies that do not hash.</summary>
    public HashTable? Table { get; }

    /// <summary>The usable ones.</summary>
    public ReadOnlySpan<Candidate> Items => _items.AsSpan(0, _count);

    /// <summary>Some endpoint has not all of its share yet.</summary>
    public bool IsWarming { get; private set; }

    /// <summary>Takes the usable endpoints, or all of them. Returns when the set changes by time.</summary>
    public long Refresh(bool all, long now)
    {
        _count = 0;
        uint sum = 0;
        long next = long.MaxValue;
        IsWarming = false;
        foreach (Candidate candidate in All)
        {
            if (!all && !candidate.IsUsable) continue;
            _items[_count] = candidate;
            if (_cumulative.Length > 0) _cumulative[_count] = sum += (uint)candidate.Weight;
            _count++;
            if (_slowStart is null || candidate.Health is not { } health) continue;
            long warm = health.WarmSince + _slowStart.WindowMicros;
            if (warm <= now) continue;
            IsWarming = true;
            next = Math.Min(next, warm);
        }
        _weighted = _queue.Length > 0 && (_cumulative.Length > 0 || IsWarming);
        if (_weighted) FillQueue(now);
        return next;
    }

    /// <summary>Begins the rotation somewhere else than the other loops and proxies do.</summary>
    public void StartAt(int next) => _next = next;

    /// <summary>One endpoint at random, in proportion to the weights.</summary>
    public Candidate Draw(long now, IRandomSource random)
    {
        Candidate drawn = DrawByWeight(random);
        // Rejecting in proportion to what is missing keeps the shares exact without new tables while they grow.
        for (int i = 0; IsWarming && i < 16 && random.Below(1 << 20) >= Factor(drawn, now) * (1 << 20); i++) drawn = DrawByWeight(random);
        return drawn;
    }

    /// <summary>The weights differ, or are not whole yet: <see cref="Draw"/> is needed.</summary>
    public bool IsUneven => _cumulative.Length > 0 || IsWarming;

    /// <summary>Each endpoint in turn; one of weight 2 twice as often, spread evenly.</summary>
    public Candidate TakeTurn(long now)
    {
        if (!_weighted)
        {
            if (_next >= _count) _next = 0;
            return _items[_next++];
        }
        // Earliest deadline first: O(log n) however many endpoints there are.
        (double due, int index) = _queue[0];
        Candidate candidate = _items[index];
        _queue[0].Due = due + 1 / EffectiveWeight(candidate, now);
        SiftDown(0);
        return candidate;
    }

    private Candidate DrawByWeight(IRandomSource random)
    {
        if (_cumulative.Length == 0) return _items[random.Below((uint)_count)];
        uint ticket = random.Below(_cumulative[_count - 1]);
        int low = 0, high = _count - 1;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_cumulative[middle] > ticket) high = middle;
            else low = middle + 1;
        }
        return _items[low];
    }

    private double Factor(Candidate candidate, long now) =>
        _slowStart is null || candidate.Health is not { } health ? 1 : _slowStart.Factor(now - health.WarmSince);

    private double EffectiveWeight(Candidate candidate, long now) => candidate.Weight * Factor(candidate, now);

    private void FillQueue(long now)
    {
        for (int i = 0; i < _count; i++)
        {
            // Different phases, or the first round would go through all endpoints of one weight in a row.
            double phase = (i + 0.5) / _count;
            _queue[i] = (phase / EffectiveWeight(_items[i], now), i);
        }
        for (int i = _count / 2 - 1; i >= 0; i--) SiftDown(i);
    }

    private void SiftDown(int i)
    {
        (double Due, int Index) moved = _queue[i];
        while (true)
        {
            int child = 2 * i + 1;
            if (child >= _count) break;
            if (child + 1 < _count && IsBefore(_queue[child + 1], _queue[child])) child++;
            if (!IsBefore(_queue[child], moved)) break;
            _queue[i] = _queue[child];
            i = child;
        }
        _queue[i] = moved;
    }

    private static bool IsBefore((double Due, int Index) a, (double Due, int Index) b) => a.Due < b.Due || (a.Due == b.Due && a.Index < b.Index);
}
