using System.Collections.Concurrent;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight;

/// <summary>The traffic of the last ten minutes, per proxy. Thread-safe.</summary>
internal sealed class TrafficStore(TimeProvider clock) : ITrafficSource
{
    private readonly ConcurrentDictionary<ProxyId, ProxyTraffic> _proxies = new();
    private long _nextSweep;

    /// <summary>Proxies that something is remembered of.</summary>
    public int ProxyCount => _proxies.Count;

    private long Now => clock.GetUtcNow().ToUnixTimeSeconds();

    public void Add(ProxyId proxy, TrafficReport report)
    {
        long now = Now;
        // A proxy that could not report for long did not live in this window only.
        int reach = (int)Math.Clamp(report.Seconds, 1, SeriesHistory.MaxAge) - 1;
        _proxies.GetOrAdd(proxy, static (_, first) => new ProxyTraffic(first), now - reach).Add(report.Deltas, now, reach);
        Sweep(now);
    }

    public void Disconnected(ProxyId proxy)
    {
        if (_proxies.TryGetValue(proxy, out ProxyTraffic? traffic)) traffic.Disconnected();
    }

    public void AddTo(IEnumerable<WorkloadPod> pods, Func<WorkloadPod, SeriesId, TrafficTotals?> totalsOf, int windowSeconds)
    {
        long now = Now;
        foreach (WorkloadPod pod in pods)
        {
            if (_proxies.TryGetValue(pod.Proxy, out ProxyTraffic? traffic)) traffic.AddTo(series => totalsOf(pod, series), now, windowSeconds);
        }
    }

    /// <summary>Adds what is open now, and nothing else.</summary>
    public void AddConnectionsTo(IEnumerable<WorkloadPod> pods, Func<WorkloadPod, SeriesId, TrafficTotals?> totalsOf)
    {
        foreach (WorkloadPod pod in pods)
        {
            if (_proxies.TryGetValue(pod.Proxy, out ProxyTraffic? traffic)) traffic.AddConnectionsTo(series => totalsOf(pod, series));
        }
    }

    /// <summary>Forgets proxies that have been silent for longer than anything is remembered; every ten seconds at most.</summary>
    private void Sweep(long now)
    {
        long due = Interlocked.Read(ref _nextSweep);
        if (now < due || Interlocked.CompareExchange(ref _nextSweep, now + 10, due) != due) return;
        foreach ((ProxyId proxy, ProxyTraffic traffic) in _proxies)
        {
            if (traffic.LastSecond < now - SeriesHistory.MaxAge) _proxies.TryRemove(proxy, out _);
        }
    }
}
