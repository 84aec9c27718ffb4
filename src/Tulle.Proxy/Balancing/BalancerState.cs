using Tulle.Protocol;
using Tulle.Proxy.Resilience;
using Tulle.Proxy.Routing;

namespace Tulle.Proxy.Balancing;

/// <summary>
/// Spreads the requests of one backend on one event loop: chooses a priority, then by the backend's policy one of its usable
/// endpoints. Loop thread only; times in microseconds.
/// </summary>
internal sealed class BalancerState(EndpointTable table)
{
    // Another loop may take a probe or eject an endpoint while this one picks it.
    private const int MaxAdmissions = 3;

    // No priority has anything usable; -1, as of a failed search, is that several have.
    private const int None = -2;

    private EndpointState[] _endpoints = [];
    private Candidate[] _candidates = [];
    private CandidateSet[] _sets = [];
    private int[] _percent = [];
    private int[] _usable = [];
    private int[] _total = [];
    private LoadBalancerModel? _model;
    private BackendHealth? _health;
    private int _version;
    private long _nextChange;
    private int _only;
    private bool _ignoresHealth;

    /// <summary>The endpoints to choose from.</summary>
    public ReadOnlySpan<EndpointState> Endpoints => _endpoints;

    /// <summary>The same, as this backend sees them.</summary>
    public ReadOnlySpan<Candidate> Candidates => _candidates;

    /// <summary>Takes a new version of the backend. Endpoints that stay keep their state; those that left are retired.</summary>
    /// <param name="health">What all loops know of the endpoints; null where nothing watches them.</param>
    /// <param name="group">See <see cref="EndpointTable.Acquire"/>.</param>
    public void Update(BackendModel backend, long now, BackendHealth? health = null, string group = "", uint seed = 0)
    {
        EndpointState[] previous = _endpoints;
        EndpointModel[] models = backend.Endpoints;
        _endpoints = Array.ConvertAll(models, model => table.Acquire(model, now, group));
        // Only after acquiring, or an endpoint that stays would be retired in between.
        foreach (EndpointState state in previous) table.Release(state);

        _model = backend.LoadBalancer;
        _health = health;
        _candidates = new Candidate[models.Length];
        for (int i = 0; i < models.Length; i++)
            _candidates[i] = new Candidate(_endpoints[i], health?.Of(models[i], now), models[i].Weight, models[i].Priority, i);
        BuildSets(seed);
        Refresh(now);
    }

    /// <summary>Gives up every endpoint; call when the backend is dropped.</summary>
    public void Clear()
    {
        EndpointState[] previous = _endpoints;
        _endpoints = [];
        _candidates = [];
        _sets = [];
        foreach (EndpointState state in previous) table.Release(state);
    }

    /// <summary>An endpoint for any request; null when the backend has none that is usable.</summary>
    public EndpointState? Pick(long now, IRandomSource random) => Pick(default, now, random, out _)?.State;

    /// <summary>An endpoint for this request; null when the backend has none that is usable.</summary>
    /// <param name="isProbe">The request decides whether the endpoint takes others: report its result whatever happens.</param>
    public Candidate? Pick(in PickRequest request, long now, IRandomSource random, out bool isProbe)
    {
        isProbe = false;
        for (int i = 0; i < MaxAdmissions; i++)
        {
            if (now >= _nextChange || (_health is not null && _health.Version != _version)) Refresh(now);
            Candidate? picked = Choose(request, now, random);
            if (picked?.Health is not { } health || _ignoresHealth) return picked;
            if (health.TryAdmit(now, out isProbe)) return picked;
        }
        return null;
    }

    private Candidate? Choose(in PickRequest request, long now, IRandomSource random)
    {
        if (request.Original is not null && _model!.Kind == BalancingPolicy.BalancingPassthrough && FindOriginal(request.Original) is { } original)
            return original;
        CandidateSet? set = ChooseSet(request, random);
        if (set is null) return null;
        if (set.Table is { } hashes && request.HasHash) return PickHashed(set, hashes, request, now);
        ReadOnlySpan<Candidate> items = set.Items;
        Candidate picked = items.Length == 1 ? items[0] : _model!.Policy.Pick(set, now, random);
        return Avoids(picked, request, now) ? Elsewhere(set, request, now, random) ?? picked : picked;
    }

    private CandidateSet? ChooseSet(in PickRequest request, IRandomSource random)
    {
        if (_only >= 0) return _sets[_only];
        if (_only == None) return null;
        // By hash, so that a key stays in its priority.
        int ticket = request.HasHash && _model!.IsSticky ? (int)(KeyHash.Next(request.Hash) % 100) : (int)random.Below(100);
        int chosen = 0;
        while (chosen < _percent.Length - 1 && ticket >= _percent[chosen]) ticket -= _percent[chosen++];
        if (!request.AvoidTriedPriorities || request.Tried is null || !request.Tried.ContainsPriority(chosen)) return _sets[chosen];
        for (int i = 0; i < _sets.Length; i++)
        {
            if (!request.Tried.ContainsPriority(i) && _sets[i].Items.Length > 0) return _sets[i];
        }
        return _sets[chosen];
    }

    /// <summary>Where the key belongs, or the next one on its walk that is usable and can be connected to.</summary>
    private Candidate? PickHashed(CandidateSet set, HashTable hashes, in PickRequest request, long now)
    {
        Candidate? avoided = null;
        int start = hashes.Start(request.Hash);
        for (int step = 0; step < hashes.Size; step++)
        {
            Candidate candidate = set.All[hashes.At(start, step)];
            if (!candidate.IsUsable && !_ignoresHealth) continue;
            if (!candidate.State.IsAvoided(now)) return candidate;
            avoided ??= candidate;
            // Walking past every point of a ring whose endpoints are all avoided would take long, and find nothing.
            if (step > 4 * set.All.Length) break;
        }
        return avoided ?? set.Items[0];
    }

    /// <summary>Looks at all, from a random one on: first in the same priority, then in the others.</summary>
    private Candidate? Elsewhere(CandidateSet set, in PickRequest request, long now, IRandomSource random)
    {
        if (FirstGood(set, request, now, random) is { } found) return found;
        foreach (CandidateSet other in _sets)
        {
            if (!ReferenceEquals(other, set) && FirstGood(other, request, now, random) is { } candidate) return candidate;
        }
        return null;
    }

    private static Candidate? FirstGood(CandidateSet set, in PickRequest request, long now, IRandomSource random)
    {
        ReadOnlySpan<Candidate> items = set.Items;
        if (items.Length == 0) return null;
        int start = items.Length == 1 ? 0 : (int)random.Below((uint)items.Length);
        for (int i = 0; i < items.Length; i++)
        {
            int at = start + i;
            Candidate candidate = items[at < items.Length ? at : at - items.Length];
            if (!Avoids(candidate, request, now)) return candidate;
        }
        return null;
    }

    private static bool Avoids(Candidate candidate, in PickRequest request, long now) =>
        candidate.State.IsAvoided(now) || (request.Tried is { Count: > 0 } tried && tried.Contains(candidate));

    private Candidate? FindOriginal(string key)
    {
        foreach (Candidate candidate in _candidates)
        {
            if (candidate.State.Model.Key == key) return candidate.IsUsable || _ignoresHealth ? candidate : null;
        }
        return null;
    }

    private void BuildSets(uint seed)
    {
        int priorities = 1;
        foreach (Candidate candidate in _candidates) priorities = Math.Max(priorities, candidate.Priority + 1);
        _sets = new CandidateSet[priorities];
        _percent = new int[priorities];
        _usable = new int[priorities];
        _total = new int[priorities];
        bool roundRobin = _model!.Kind == BalancingPolicy.BalancingRoundRobin;
        for (int i = 0; i < priorities; i++)
        {
            Candidate[] members = priorities == 1 ? _candidates : Array.FindAll(_candidates, candidate => candidate.Priority == i);
            _sets[i] = new CandidateSet(members, _model.TableOf(i), _model.SlowStart, roundRobin);
            if (members.Length > 0) _sets[i].StartAt((int)(seed % (uint)members.Length));
            _total[i] = members.Length;
        }
    }

    private void Refresh(long now)
    {
        // Read before looking: what changes meanwhile makes another look necessary.
        _version = _health?.Version ?? 0;
        _nextChange = long.MaxValue;
        Array.Clear(_usable);
        int usable = 0;
        foreach (Candidate candidate in _candidates)
        {
            EndpointHealth? health = candidate.Health;
            candidate.IsUsable = health is null || health.IsUsable(now);
            if (health is not null) _nextChange = Math.Min(_nextChange, health.NextChange(now));
            if (!candidate.IsUsable) continue;
            _usable[candidate.Priority]++;
            usable++;
        }

        // Panic: with so few left, all of them would break under the load of the rest.
        _ignoresHealth = _health is not null && usable * 100L < (long)_health.MinHealthPercent * _candidates.Length;
        if (_ignoresHealth) _total.CopyTo(_usable, 0);
        foreach (CandidateSet set in _sets) _nextChange = Math.Min(_nextChange, set.Refresh(_ignoresHealth, now));
        PriorityLoad.Compute(_usable, _total, _percent);
        _only = Array.TrueForAll(_percent, static percent => percent == 0) ? None : Array.IndexOf(_percent, 100);
    }
}
