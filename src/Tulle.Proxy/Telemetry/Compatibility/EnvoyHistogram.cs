using Tulle.Metrics;

namespace Tulle.Proxy.Telemetry.Compatibility;

/// <summary>A histogram in the buckets that Envoy has by default, for times in milliseconds and sizes in bytes alike. One thread writes; any reads.</summary>
internal sealed class EnvoyHistogram
{
    private static readonly double[] Bounds =
        [0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000, 3_600_000];

    private readonly long[] _buckets = new long[Bounds.Length + 1];
    private double _sum;

    public void Add(double value)
    {
        int bucket = 0;
        while (bucket < Bounds.Length && value > Bounds[bucket]) bucket++;
        _buckets[bucket]++;
        _sum += value;
    }

    public void Add(EnvoyHistogram other)
    {
        for (int i = 0; i < _buckets.Length; i++) _buckets[i] += Volatile.Read(ref other._buckets[i]);
        _sum += Volatile.Read(ref other._sum);
    }

    /// <summary>Writes its samples; the family was begun.</summary>
    public void Write(ExpositionWriter writer, string labels)
    {
        long count = 0;
        for (int i = 0; i < _buckets.Length; i++)
        {
            count += _buckets[i];
            writer.Bucket(labels, i < Bounds.Length ? Bounds[i] : double.PositiveInfinity, count);
        }
        writer.SumAndCount(labels, _sum, count);
    }
}
