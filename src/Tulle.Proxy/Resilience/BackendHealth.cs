using Tulle.Proxy.Balancing;
using Tulle.Proxy.Routing;

namespace Tulle.Proxy.Resilience;

/// <summary>The health of one backend's endpoints, over all loops. Any thread; times in microseconds.</summary>
internal sealed class BackendHealth
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Key, string Identity), EndpointHealth> _endpoints = [];
    private volatile OutlierModel? _outlier;
    private volatile FailureAccrualModel? _accrual;
    private int _version;
    private long _ejections;

    /// <summary>Changes with every ejection, probe and check; who keeps something made of usability makes it anew.</summary>
    public int Version => Volatile.Read(ref _version);

    /// <summary>Ejections since the start, failure accrual included.</summary>
    public long Ejections => Volatile.Read(ref _ejections);

    /// <summary>Results matter at all.</summary>
    public bool IsObserving => _outlier is not null || _accrual is not null;

    /// <summary>The share of usable endpoints below which usability is ignored, in percent; 0: never.</summary>
    public int MinHealthPercent => _outlier?.MinHealthPercent ?? 0;

    /// <summary>Takes policies and endpoints as they are now. Endpoints that stay keep their health.</summary>
    public void Update(OutlierModel? outlier, FailureAccrualModel? accrual, EndpointModel[] endpoints, long now)
    {
        lock (_lock)
        {
            _outlier = outlier;
            _accrual = accrual;
            var kept = new HashSet<(string, string)>(endpoints.Length);
            foreach (EndpointModel endpoint in endpoints)
            {
                (string, string) key = (endpoint.Key, endpoint.Identity);
                kept.Add(key);
                if (!_endpoints.ContainsKey(key)) _endpoints.Add(key, new EndpointHealth(this, now));
            }
            foreach ((string, string) key in _endpoints.Keys)
            {
                // Removing while enumerating keys is allowed for a dictionary.
                if (!kept.Contains(key)) _endpoints.Remove(key);
            }
            if (outlier is null)
            {
                foreach (EndpointHealth health in _endpoints.Values) health.Outlier.Forgive();
            }
            Changed();
        }
    }

    /// <summary>Endpoints that requests may be sent to at that time.</summary>
    public int Usable(long now)
    {
        lock (_lock) return _endpoints.Values.Count(endpoint => endpoint.IsUsable(now));
    }

    /// <summary>How many endpoints are in which state at that time; one that is out for several reasons counts for the first.</summary>
    public (int Ready, int Ejected, int Open, int FailingChecks) Count(long now)
    {
        int ready = 0, ejected = 0, open = 0, failing = 0;
        lock (_lock)
        {
            foreach (EndpointHealth endpoint in _endpoints.Values)
            {
                if (endpoint.FailsChecks) failing++;
                else if (endpoint.Outlier.IsEjected(now)) ejected++;
                else if (!endpoint.Accrual.IsAdmitting(now)) open++;
                else ready++;
            }
        }
        return (ready, ejected, open, failing);
    }

    /// <summary>The health of an endpoint, made when it is new: a loop may be ahead of the last update.</summary>
    public EndpointHealth Of(EndpointModel endpoint, long now)
    {
        lock (_lock)
        {
            (string, string) key = (endpoint.Key, endpoint.Identity);
            if (!_endpoints.TryGetValue(key, out EndpointHealth? health)) _endpoints.Add(key, health = new EndpointHealth(this, now));
            return health;
        }
    }

    /// <summary>The health of an endpoint; null when nothing is known of it.</summary>
    public EndpointHealth? Find(EndpointModel endpoint)
    {
        lock (_lock) return _endpoints.GetValueOrDefault((endpoint.Key, endpoint.Identity));
    }

    internal void Changed() => Interlocked.Increment(ref _version);

    internal void Observe(EndpointHealth endpoint, AttemptResult result, int status, int grpcStatus, bool isProbe, long now, IRandomSource random)
    {
        if (_accrual is { } accrual)
        {
            if (endpoint.Accrual.Observe(accrual, result, status, grpcStatus, isProbe, now, random))
            {
                if (!endpoint.Accrual.IsAdmitting(now)) Interlocked.Increment(ref _ejections);
                Changed();
            }
        }
        // What was sent before the ejection, and comes back now, says nothing new.
        if (_outlier is not { } outlier || endpoint.Outlier.IsEjected(now)) return;
        EjectionCause cause = endpoint.Outlier.Observe(outlier, result, status);
        if (cause != EjectionCause.None) Eject(endpoint, outlier, cause, now);
    }

    private void Eject(EndpointHealth endpoint, OutlierModel outlier, EjectionCause cause, long now)
    {
        lock (_lock)
        {
            if (endpoint.Outlier.IsEjected(now)) return;
            int ejected = 0, usable = 0;
            foreach (EndpointHealth other in _endpoints.Values)
            {
                if (other.Outlier.IsEjected(now)) ejected++;
                if (other.IsUsable(now)) usable++;
            }
            if (!outlier.MayEject(_endpoints.Count, ejected, usable)) return;
            endpoint.Outlier.Eject(outlier, cause, now);
            _ejections++;
            Changed();
        }
    }
}
