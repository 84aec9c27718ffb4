using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight;

/// <summary>What one series counted within one or a few seconds; the histogram is sparse, as it was reported.</summary>
internal sealed class TrafficSlot(long second)
{
    /// <summary>Buckets that room is made for at a time.</summary>
    private const int Step = 8;

    // As long as the most buckets that there were; so many of them are in use.
    private ushort[] _indices = [];
    private uint[] _counts = [];
    private int _used;

    /// <summary>Its first second, since 1970.</summary>
    public long Second { get; private set; } = second;

    public ulong Requests { get; private set; }

    public ulong Successes { get; private set; }

    public ulong Failures { get; private set; }

    public ulong MeshErrors { get; private set; }

    public ulong BytesReceived { get; private set; }

    public ulong BytesSent { get; private set; }

    /// <summary>Why the mesh failed requests; null when it did not. The history keeps none.</summary>
    public ErrorTally? Errors { get; private set; }

    /// <summary>Seconds before <see cref="Second"/> that the earliest report in it reaches back.</summary>
    public int Reach { get; set; }

    /// <param name="reach">Seconds before <see cref="Second"/> within which some of it may have happened.</param>
    public void Add(TrafficDelta delta, int reach = 0)
    {
        foreach (ErrorCount error in delta.Errors) (Errors ??= new ErrorTally()).Add(error.Reason, error.Side, error.Count);
        Reach = Math.Max(Reach, reach);
        Add(delta, Share.All);
    }

    /// <summary>Adds a share of what was reported, without its errors.</summary>
    public void Add(TrafficDelta delta, Share share)
    {
        // Outcomes and buckets are shared out as one row of requests each, so that they add up to the same number.
        ulong failed = delta.Successes + delta.Failures, finished = failed + delta.MeshErrors;
        Requests += share.Of(0, delta.Requests);
        Successes += share.Of(0, delta.Successes);
        Failures += share.Of(delta.Successes, failed);
        MeshErrors += share.Of(failed, finished);
        BytesReceived += share.Of(0, delta.BytesReceived);
        BytesSent += share.Of(0, delta.BytesSent);
        if (delta.Indices.Count == 0) return;
        int count = Math.Min(delta.Indices.Count, delta.Counts.Count);
        Span<uint> dense = stackalloc uint[LatencyBuckets.Count];
        Expand(dense);
        ulong before = 0;
        for (int i = 0; i < count; i++)
        {
            ulong after = before + delta.Counts[i];
            if (delta.Indices[i] < LatencyBuckets.Count) dense[(int)delta.Indices[i]] += (uint)share.Of(before, after);
            before = after;
        }
        Compact(dense);
    }

    public void Add(TrafficSlot other)
    {
        if (other.Errors is not null) (Errors ??= new ErrorTally()).Add(other.Errors);
        Reach = Math.Max(Reach, (int)(Second - other.Second) + other.Reach);
        Requests += other.Requests;
        Successes += other.Successes;
        Failures += other.Failures;
        MeshErrors += other.MeshErrors;
        BytesReceived += other.BytesReceived;
        BytesSent += other.BytesSent;
        if (other._used == 0) return;
        Span<uint> dense = stackalloc uint[LatencyBuckets.Count];
        Expand(dense);
        other.Expand(dense);
        Compact(dense);
    }

    /// <summary>Buckets that are not empty, in their order.</summary>
    public ReadOnlySpan<ushort> Indices => _indices.AsSpan(0, _used);

    /// <summary>Requests in each of <see cref="Indices"/>.</summary>
    public ReadOnlySpan<uint> Counts => _counts.AsSpan(0, _used);

    public void Add(ErrorTally errors) => (Errors ??= new ErrorTally()).Add(errors);

    /// <summary>Adds counters and a histogram with a count for every bucket of <see cref="LatencyBuckets"/>.</summary>
    public void Add(ulong requests, ulong successes, ulong failures, ulong meshErrors, ulong bytesReceived, ulong bytesSent, Span<uint> latency)
    {
        Requests += requests;
        Successes += successes;
        Failures += failures;
        MeshErrors += meshErrors;
        BytesReceived += bytesReceived;
        BytesSent += bytesSent;
        Expand(latency);
        Compact(latency);
    }

    /// <summary>Makes it an empty one of another second.</summary>
    public void Reset(long second)
    {
        (Second, Reach, Errors, _used) = (second, 0, null, 0);
        (Requests, Successes, Failures, MeshErrors, BytesReceived, BytesSent) = (0, 0, 0, 0, 0, 0);
    }

    /// <summary>The same counts, as of another second.</summary>
    public TrafficSlot Copy(long second)
    {
        var copy = new TrafficSlot(second);
        copy.Add(this);
        return copy;
    }

    private void Expand(Span<uint> dense)
    {
        for (int i = 0; i < _used; i++) dense[_indices[i]] += _counts[i];
    }

    private void Compact(ReadOnlySpan<uint> dense)
    {
        _used = dense.Length - dense.Count(0u);
        if (_indices.Length < _used)
        {
            int length = (_used + Step - 1) / Step * Step;
            (_indices, _counts) = (new ushort[length], new uint[length]);
        }
        int next = 0;
        for (int i = 0; i < dense.Length; i++)
        {
            if (dense[i] == 0) continue;
            _indices[next] = (ushort)i;
            _counts[next++] = dense[i];
        }
    }
}
