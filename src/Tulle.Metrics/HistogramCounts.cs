namespace Tulle.Metrics;

/// <summary>A histogram that any thread may add to. For what happens some thousand times a second at most.</summary>
/// <param name="bounds">Upper bounds, rising.</param>
public sealed class HistogramCounts(params double[] bounds)
{
    private readonly long[] _buckets = new long[bounds.Length + 1];
    private double _sum;

    public void Add(double value)
    {
        int bucket = Array.FindIndex(bounds, bound => value <= bound);
        Interlocked.Increment(ref _buckets[bucket < 0 ? bounds.Length : bucket]);
        double seen;
        do seen = Volatile.Read(ref _sum);
        while (Interlocked.CompareExchange(ref _sum, seen + value, seen) != seen);
    }

    /// <summary>Writes its samples; the family was begun.</summary>
    public void Write(ExpositionWriter writer, string labels)
    {
        long count = 0;
        for (int i = 0; i < _buckets.Length; i++)
        {
            count += Interlocked.Read(ref _buckets[i]);
            writer.Bucket(labels, i < bounds.Length ? bounds[i] : double.PositiveInfinity, count);
        }
        writer.SumAndCount(labels, Volatile.Read(ref _sum), count);
    }
}
