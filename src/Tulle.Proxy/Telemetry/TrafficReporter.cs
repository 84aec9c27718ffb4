using Tulle.Protocol;
using Tulle.Proxy.Forwarding;

namespace Tulle.Proxy.Telemetry;

/// <summary>
/// Turns the loops' running counters into reports of what changed. What was collected counts as reported only after
/// <see cref="Commit"/>, so a stream that breaks loses nothing: the next report covers it. Not thread-safe; the insight task's own.
/// </summary>
internal sealed class TrafficReporter(Func<IEnumerable<LoopMetrics>> loops)
{
    private readonly Dictionary<SeriesKey, Entry> _entries = [];

    /// <summary>Whether the next stream has to be told every gauge again, because the other side starts from nothing.</summary>
    private bool _allGauges = true;

    /// <summary>What changed since the last commit; null when nothing did.</summary>
    public TrafficReport? Collect()
    {
        foreach (Entry entry in _entries.Values) entry.Now.Clear();
        foreach (LoopMetrics loop in loops())
        {
            foreach (TrafficSeries series in loop.All)
            {
                if (!_entries.TryGetValue(series.Key, out Entry? entry)) _entries[series.Key] = entry = new Entry();
                entry.Now.Add(series);
            }
        }

        TrafficReport? report = null;
        foreach ((SeriesKey key, Entry entry) in _entries)
        {
            if (CreateDelta(key, entry.Now, entry.Sent, _allGauges && entry.Now.OpenConnections != 0) is { } delta)
                (report ??= new TrafficReport()).Deltas.Add(delta);
        }

        return report;
    }

    /// <summary>The last collected report is on its way.</summary>
    public void Commit()
    {
        foreach (Entry entry in _entries.Values) entry.Now.CopyTo(entry.Sent);
        _allGauges = false;
    }

    /// <summary>A new stream begins.</summary>
    public void BeginStream() => _allGauges = true;

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

    private sealed class Entry
    {
        public TrafficTotals Now { get; } = new();

        public TrafficTotals Sent { get; } = new();
    }
}
