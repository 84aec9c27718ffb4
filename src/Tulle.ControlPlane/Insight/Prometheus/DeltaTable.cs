using System.Globalization;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight.Prometheus;

/// <summary>Puts the answers of several queries together: what each series of each proxy counted until each second. Not thread-safe.</summary>
internal sealed class DeltaTable
{
    private readonly Dictionary<(ProxyId Proxy, SeriesId Series, long Second), TrafficDelta> _deltas = [];

    public IEnumerable<(ProxyId Proxy, long Second, TrafficDelta Delta)> All => _deltas.Select(pair => (pair.Key.Proxy, pair.Key.Second, pair.Value));

    /// <summary>Takes one number of each series.</summary>
    public void Add(IReadOnlyList<PrometheusSeries> answer, Action<TrafficDelta, double> set)
    {
        foreach (PrometheusSeries series in answer)
        {
            TrafficDelta like = Like(series);
            foreach ((long second, double value) in series.Values)
            {
                (ProxyId, SeriesId, long) key = (ProxyOf(series), SeriesId.Of(like), second);
                if (!_deltas.TryGetValue(key, out TrafficDelta? delta)) _deltas.Add(key, delta = like.Clone());
                set(delta, value);
            }
        }
    }

    /// <summary>
    /// Takes the fine histograms, which do not tell callers and backends apart: each series gets as much of its histogram as it has of
    /// the requests.
    /// </summary>
    public void AddLatencies(IReadOnlyList<PrometheusSeries> buckets)
    {
        ILookup<(ProxyId, Direction, string, string, string, string, long), TrafficDelta> byLabels = _deltas.ToLookup(
            pair => (pair.Key.Proxy, pair.Value.Direction, pair.Value.PeerWorkload, pair.Value.Service?.Namespace ?? "", pair.Value.Service?.Name ?? "", pair.Value.Route, pair.Key.Second),
            pair => pair.Value);
        foreach (IGrouping<(ProxyId Proxy, Direction, string, string, string, string), PrometheusSeries> histogram in buckets.GroupBy(HistogramOf))
        {
            (double Bound, Dictionary<long, double> Counts)[] sorted =
            [
                .. histogram.Select(series => (Bound: BoundOf(series), Counts: series.Values.ToDictionary(value => value.Second, value => value.Value))).OrderBy(series => series.Bound),
            ];
            foreach (long second in sorted.SelectMany(bucket => bucket.Counts.Keys).Distinct())
            {
                var key = (histogram.Key.Proxy, histogram.Key.Item2, histogram.Key.Item3, histogram.Key.Item4, histogram.Key.Item5, histogram.Key.Item6, second);
                Share([.. sorted.Select(bucket => (bucket.Bound, bucket.Counts.GetValueOrDefault(second)))], [.. byLabels[key]]);
            }
        }
    }

    private static void Share((double Bound, double Cumulative)[] buckets, TrafficDelta[] deltas)
    {
        ulong all = 0;
        foreach (TrafficDelta delta in deltas) all += delta.Requests;
        if (all == 0) return;
        double below = 0, lower = 0;
        ulong[] given = new ulong[deltas.Length];
        foreach ((double bound, double cumulative) in buckets)
        {
            // Bounds are those of our own finer buckets; what lies between two is spread over the buckets there.
            int first = LatencyBuckets.IndexOf((long)Math.Round(lower * 1e6));
            int last = double.IsPositiveInfinity(bound) ? LatencyBuckets.Count - 1 : Math.Max(first, LatencyBuckets.IndexOf((long)Math.Round(bound * 1e6)) - 1);
            if (double.IsPositiveInfinity(bound)) first = last;
            // Latencies below the first bound are nearly those of it.
            if (lower == 0) first = Math.Max(first, last - 1);
            below = Math.Max(below, cumulative);
            for (int i = 0; i < deltas.Length; i++)
            {
                // Of the sum and not of each bucket: rounding must not lose the requests of those who have few.
                ulong share = (ulong)Math.Round(below * deltas[i].Requests / all);
                Spread(deltas[i], share - given[i], first, last);
                given[i] = share;
            }
            lower = bound;
        }
    }

    private static void Spread(TrafficDelta delta, ulong left, int first, int last)
    {
        for (int index = first; index <= last && left > 0; index++)
        {
            ulong part = left / (ulong)(last - index + 1);
            left -= part;
            if (part == 0) continue;
            delta.Indices.Add((uint)index);
            delta.Counts.Add(part);
        }
    }

    private static (ProxyId, Direction, string, string, string, string) HistogramOf(PrometheusSeries series) => (
        ProxyOf(series), DirectionOf(series), series.Label("dst_workload"), series.Label("dst_namespace"), series.Label("dst_service"), series.Label("route"));

    private static TrafficDelta Like(PrometheusSeries series) => new()
    {
        Direction = DirectionOf(series),
        PeerIdentity = series.Label("direction") == "outbound" ? series.Label("server_id") : series.Label("client_id"),
        PeerWorkload = series.Label("dst_workload"),
        Service = new ServiceReference { Namespace = series.Label("dst_namespace"), Name = series.Label("dst_service") },
        Backend = series.Label("backend"),
        Route = series.Label("route"),
        Tls = series.Label("tls") == "true",
    };

    private static ProxyId ProxyOf(PrometheusSeries series) => new(series.Label("namespace"), series.Label("pod"));

    private static Direction DirectionOf(PrometheusSeries series) => series.Label("direction") == "outbound" ? Direction.Outbound : Direction.Inbound;

    private static double BoundOf(PrometheusSeries series) =>
        series.Label("le") == "+Inf" ? double.PositiveInfinity : double.Parse(series.Label("le"), CultureInfo.InvariantCulture);
}
