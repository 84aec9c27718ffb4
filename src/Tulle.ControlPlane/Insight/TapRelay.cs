using System.Collections.Concurrent;
using Tulle.ControlPlane.Distribution;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight;

/// <summary>Brings the requests that proxies see to those who watch them. Thread-safe.</summary>
internal sealed class TapRelay : IDisposable
{
    /// <summary>Most taps at a time; each costs every proxy of its target a check per request.</summary>
    public const int MaxTaps = 32;

    private readonly ProxyConnections _connections;
    private readonly IWorkloads _workloads;
    private readonly ConcurrentDictionary<ulong, TapSession> _taps = new();
    private readonly IDisposable _observation;
    private ulong _lastId;
    private long _refused;

    public TapRelay(ProxyConnections connections, IWorkloads workloads, MeshViews views)
    {
        _connections = connections;
        _workloads = workloads;
        _connections.Changed += RefreshAll;
        _observation = views.Observe(RefreshAll);
    }

    /// <summary>How many run.</summary>
    public int Count => _taps.Count;

    /// <summary>Taps that were one too many.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Starts a tap; stop it with <see cref="Stop"/>.</summary>
    public TapSession Start(TapQuery query)
    {
        if (_taps.Count >= MaxTaps)
        {
            Interlocked.Increment(ref _refused);
            throw new InsightException(429, "TooManyRequests", $"{MaxTaps} taps are running, the most there may be; end one of them first");
        }
        WorkloadPod[] pods = [.. _workloads.Pods.Where(query.Target.Includes)];
        if (pods.Length == 0 && !MissingTarget.Exists(query.Target, _workloads)) throw MissingTarget.Of(query.Target, _workloads);
        if (pods.Length == 0) throw InsightException.NotFound($"no pod belongs to {query.Target} in namespace \"{query.Target.Namespace}\"");
        if (!pods.Any(pod => pod.Meshed)) throw InsightException.NotFound($"no pod of {query.Target} has a sidecar, so there is nothing to tap; restart it in the mesh");

        var session = new TapSession(Interlocked.Increment(ref _lastId), query, _connections, _workloads);
        _taps[session.Id] = session;
        session.Refresh();
        return session;
    }

    public void Stop(TapSession session)
    {
        _taps.TryRemove(session.Id, out _);
        session.Stop();
    }

    /// <summary>Hands events of a proxy to their taps. A tap that ended meanwhile is told to the proxy.</summary>
    public void Deliver(ProxyConnection connection, IEnumerable<TapEvent> events)
    {
        foreach (IGrouping<ulong, TapEvent> some in events.GroupBy(one => one.TapId))
        {
            if (_taps.TryGetValue(some.Key, out TapSession? session))
            {
                foreach (TapEvent one in some) session.Deliver(connection, one);
            }
            else
            {
                connection.Send(new ProxyCommand { Stop = new TapStop { TapId = some.Key } });
            }
        }
    }

    public void Dispose()
    {
        _connections.Changed -= RefreshAll;
        _observation.Dispose();
        foreach (TapSession session in _taps.Values) Stop(session);
    }

    private void RefreshAll()
    {
        foreach (TapSession session in _taps.Values) session.Refresh();
    }
}
