using Tulle.Metrics;
using Tulle.Protocol;

namespace Tulle.Proxy.Telemetry;

/// <summary>
/// <c>request_duration_seconds</c>: fine buckets, with fewer labels than the other traffic metrics, so that they stay affordable; and
/// exemplars.
/// </summary>
internal static class DurationExposition
{
    public static void Write(ExpositionWriter writer, IReadOnlyList<LoopMetrics> loops)
    {
        SortedDictionary<string, Durations> all = Sum(loops);
        if (writer.Format == ExpositionFormat.OpenMetrics) AddExemplars(all, loops);
        var cumulative = new long[DurationHistogram.BoundsSeconds.Length + 1];
        writer.Begin(ProxyMetrics.Duration);
        foreach ((string labels, Durations durations) in all)
        {
            DurationHistogram.Cumulate(durations.Buckets, cumulative);
            if (cumulative[^1] == 0) continue;
            for (int i = 0; i < cumulative.Length; i++)
            {
                double bound = i < DurationHistogram.BoundsSeconds.Length ? DurationHistogram.BoundsSeconds[i] : double.PositiveInfinity;
                Exemplar? exemplar = durations.Exemplars is { } exemplars && exemplars.TryGetValue(i, out Exemplar found) ? found : null;
                writer.Bucket(labels, bound, cumulative[i], exemplar);
            }
            writer.SumAndCount(labels, durations.SumMicros / 1e6, cumulative[^1]);
        }
    }

    private static SortedDictionary<string, Durations> Sum(IReadOnlyList<LoopMetrics> loops)
    {
        var all = new SortedDictionary<string, Durations>(StringComparer.Ordinal);
        foreach (TrafficSeries series in loops.SelectMany(loop => loop.All))
        {
            if (Volatile.Read(ref series.Requests) == 0) continue;
            string labels = LabelsOf(series.Key);
            if (!all.TryGetValue(labels, out Durations? durations)) all.Add(labels, durations = new Durations());
            durations.SumMicros += Volatile.Read(ref series.LatencySumMicros);
            for (int i = 0; i < durations.Buckets.Length; i++) durations.Buckets[i] += Volatile.Read(ref series.LatencyBuckets[i]);
        }
        return all;
    }

    private static void AddExemplars(SortedDictionary<string, Durations> all, IReadOnlyList<LoopMetrics> loops)
    {
        foreach (LoopMetrics loop in loops)
        {
            loop.Exemplars.Read((series, bucket, exemplar) =>
            {
                if (!all.TryGetValue(LabelsOf(series.Key), out Durations? durations)) return;
                durations.Exemplars ??= [];
                if (!durations.Exemplars.TryGetValue(bucket, out Exemplar other) || other.Time < exemplar.Time) durations.Exemplars[bucket] = exemplar;
            });
        }
    }

    private static string LabelsOf(in SeriesKey key) => LabelSet.Of(
        ("direction", TrafficExposition.NameOf(key.Direction)),
        ("dst_workload", key.PeerWorkload),
        ("dst_namespace", key.ServiceNamespace),
        ("dst_service", key.ServiceName),
        ("route", key.Route));

    private sealed class Durations
    {
        public long[] Buckets { get; } = new long[LatencyBuckets.Count];

        public long SumMicros { get; set; }

        public Dictionary<int, Exemplar>? Exemplars { get; set; }
    }
}
