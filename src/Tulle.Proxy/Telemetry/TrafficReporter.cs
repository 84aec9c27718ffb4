using Tulle.Protocol;
using Tulle.Proxy.Forwarding;

namespace Tulle.Proxy.Telemetry;

/// <summary>
/// Turns the loops' running counters into reports of what changed. What was collected counts as reported only after
/// <see cref="Commit"/>, so a stream that breaks loses nothing: the next report covers it. Not thread-safe; the insight task's own.
/// </summary>
internal sealed class TrafficReporter(Func<IEnumerable<LoopMetrics>> loops)
{
    /// <summary>Bytes after which the rest goes into another report: the control plane takes messages of 1 MB.</summary>
    internal const int MaxBytes = 256 * 1024;

    private readonly Dictionary<SeriesKey, Entry> _entries = [];
    private readonly List<Entry> _order = [];

    // Which entries the last report looked at: from, and up to.
    private int _from, _to;
    private bool _committed = true;

    /// <summary>Whether the next stream has to be told every gauge again, because the other side starts from nothing.</summary>
    private bool _allGauges = true;

    /// <summary>What was collected did not fit into the last report: after its commit, the next one has more of it.</summary>
    public bool HasMore => _committed && _to > 0;

    /// <summary>What changed since the last commit, or more of it; null when nothing did.</summary>
    public TrafficReport? Collect()
    {
        if (!HasMore) Sum();
        _committed = false;
        _from = _to;
        TrafficReport? report = null;
        for (int bytes = 0; _to < _order.Count && bytes < MaxBytes; _to++)
        {
            Entry entry = _order[_to];
            if (CreateDelta(entry.Key, entry.Now, entry.Sent, _allGauges && entry.Now.OpenConnections != 0) is not { } delta) continue;
            (report ??= new TrafficReport()).Deltas.Add(delta);
            bytes += delta.CalculateSize();
        }
        return report;
    }

    /// <summary>The last collected report is on its way.</summary>
    public void Commit()
    {
        for (int i = _from; i < _to; i++) _order[i].Now.CopyTo(_order[i].Sent);
        _committed = true;
        if (_to < _order.Count) return;
        _to = 0;
        _allGauges = false;
    }

    /// <summary>A new stream begins.</summary>
    public void BeginStream()
    {
        _allGauges = true;
        _to = 0;
    }

    private void Sum()
    {
        _to = 0;
        foreach (Entry entry in _order) entry.Now.Clear();
        foreach (LoopMetrics loop in loops())
        {
            foreach (TrafficSeries series in loop.All)
            {
                if (!_entries.TryGetValue(series.Key, out Entry? entry)) _order.Add(_entries[series.Key] = entry = new Entry(series.Key));
                entry.Now.Add(series);
            }
        }
    }

    private static TrafficDelta? CreateDelta(in SeriesKey key, TrafficTotals now, TrafficTotals sent, bool always)
    {
        bool changed = always || now.Requests != sent.Requests || now.BytesReceived != sent.BytesReceived || now.BytesSent != sent.BytesSent
            || now.OpenConnections != sent.OpenConnections || now.MeshErrors != sent.MeshErrors || !now.Errors.AsSpan().SequenceEqual(sent.Errors);
        if (!changed) return null;

        var delta = new TrafficDelta
        {
            Direction = key.Direction,
            PeerIdentity = key.PeerIdentity,
            PeerWorkload = key.PeerWorkload,
            Backend = key.Backend,
            Route = key.Route,
            Tls = key.Tls,
            Requests = Since(now.Requests, sent.Requests),
            Successes = Since(now.Successes, sent.Successes),
            Failures = Since(now.Failures, sent.Failures),
            MeshErrors = Since(now.MeshErrors, sent.MeshErrors),
            BytesReceived = Since(now.BytesReceived, sent.BytesReceived),
            BytesSent = Since(now.BytesSent, sent.BytesSent),
            OpenConnections = now.OpenConnections,
            LatencySumMicros = Since(now.LatencySumMicros, sent.LatencySumMicros),
        };
        if (key.ServiceName.Length > 0)
            delta.Service = new ServiceReference { Namespace = key.ServiceNamespace, Name = key.ServiceName, Port = key.ServicePort };
        for (int i = 0; i < now.LatencyBuckets.Length; i++)
        {
            ulong count = Since(now.LatencyBuckets[i], sent.LatencyBuckets[i]);
            if (count == 0) continue;
            delta.Indices.Add((uint)i);
            delta.Counts.Add(count);
        }

        AddErrors(delta, now.Errors, sent.Errors);
        return delta;
    }

    private static void AddErrors(TrafficDelta delta, long[] now, long[] sent)
    {
        for (int i = 0; i < now.Length; i++)
        {
            ulong count = Since(now[i], sent[i]);
            if (count == 0) continue;
            MeshErrorModel error = MeshErrors.Of((MeshError)i);
            delta.Errors.Add(new ErrorCount { Reason = error.Token, Side = SideOf(error.Side), Count = count });
        }
    }

    private static ErrorSide SideOf(Side side) => side switch
    {
        Side.Downstream => ErrorSide.Downstream,
        Side.Upstream => ErrorSide.Upstream,
        _ => ErrorSide.Local,
    };

    private static ulong Since(long now, long before) => now > before ? (ulong)(now - before) : 0;

    private sealed class Entry(SeriesKey key)
    {
        public SeriesKey Key { get; } = key;

        public TrafficTotals Now { get; } = new();

        public TrafficTotals Sent { get; } = new();
    }
}
