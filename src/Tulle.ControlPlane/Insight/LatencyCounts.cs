using System.Buffers;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight;

/// <summary>
/// Requests per bucket of <see cref="LatencyBuckets"/>. Only as many consecutive buckets take memory as are between the fastest and the
/// slowest request, usually a third of them; and it can be given back: lists of large meshes have thousands of these, anew every few seconds. Not thread-safe.
/// </summary>
internal struct LatencyCounts
{
    /// <summary>Buckets of one power of two; the range in use begins at one.</summary>
    private const int Step = 8;

    /// <summary>Buckets in use at the least: eight powers of two.</summary>
    private const int Least = 8 * Step;

    /// <summary>Room for the rows of 4,000 edges.</summary>
    private static readonly ArrayPool<ulong> Pool = ArrayPool<ulong>.Create(maxArrayLength: 256, maxArraysPerBucket: 4_000);

    private ulong[]? _counts;
    private int _first;

    /// <summary>All of them.</summary>
    public readonly ulong Total
    {
        get
        {
            ulong total = 0;
            foreach (ulong count in _counts ?? []) total += count;
            return total;
        }
    }

    public void Add(int bucket, ulong count)
    {
        int at = bucket - _first;
        if (_counts is null || (uint)at >= (uint)_counts.Length) at = Include(bucket);
        _counts![at] += count;
    }

    /// <summary>Adds a share of other counts, 0 to 1, spread as all of them.</summary>
    public void Add(in LatencyCounts other, double share)
    {
        ulong all = 0, given = 0;
        for (int i = 0; i < other._counts?.Length; i++)
        {
            if (other._counts[i] == 0) continue;
            all += other._counts[i];
            // Of the sum and not of each bucket, so that rounding loses none.
            ulong until = (ulong)Math.Round(all * share);
            if (until > given) Add(other._first + i, until - given);
            given = until;
        }
    }

    /// <summary>See <see cref="LatencyBuckets.QuantileMicros"/>.</summary>
    public readonly double QuantileMicros(double quantile) => LatencyBuckets.QuantileMicros(_counts, quantile, _first);

    /// <summary>Forgets everything, and gives the memory back.</summary>
    public void Release()
    {
        if (_counts is not null) Pool.Return(_counts);
        _counts = null;
    }

    /// <summary>Makes room for a bucket, and for the powers of two around it, which will follow.</summary>
    private int Include(int bucket)
    {
        int from = Math.Max(bucket - bucket % Step - 2 * Step, 0), until = from + Least;
        if (_counts is not null) (from, until) = (Math.Min(from, _first), Math.Max(until, _first + _counts.Length));
        ulong[] counts = Pool.Rent(until - from);
        Array.Clear(counts);
        _counts?.CopyTo(counts, _first - from);
        if (_counts is not null) Pool.Return(_counts);
        (_counts, _first) = (counts, from);
        return bucket - from;
    }
}
