using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight;

/// <summary>What one series counted within one or a few seconds; the histogram is sparse, as it was reported.</summary>
internal sealed class TrafficSlot(long second)
{
    private ushort[] _indices = [];
    private uint[] _counts = [];

    /// <summary>Its first second, since 1970.</summary>
    public long Second { get; } = second;

    public ulong Requests { get; private set; }

    public ulong Successes { get; private set; }

    public ulong Failures { get; private set; }

    public ulong MeshErrors { get; private set; }

    public ulong BytesReceived { get; private set; }

    public ulong BytesSent { get; private set; }

    /// <summary>Why the mesh failed requests; null when it did not. The history keeps none.</summary>
    public ErrorTally? Errors { get; private set; }

    public void Add(TrafficDelta delta)
    {
        foreach (ErrorCount error in delta.Errors) (Errors ??= new ErrorTally()).Add(error.Reason, error.Side, error.Count);
        Requests += delta.Requests;
        Successes += delta.Successes;
        Failures += delta.Failures;
        MeshErrors += delta.MeshErrors;
        BytesReceived += delta.BytesReceived;
        BytesSent += delta.BytesSent;
        if (delta.Indices.Count == 0) return;
        int count = Math.Min(delta.Indices.Count, delta.Counts.Count);
        Span<uint> dense = stackalloc uint[LatencyBuckets.Count];
        Expand(dense);
        for (int i = 0; i < count; i++)
        {
            if (delta.Indices[i] < LatencyBuckets.Count) dense[(int)delta.Indices[i]] += (uint)delta.Counts[i];
        }
        Compact(dense);
    }

    public void Add(TrafficSlot other)
    {
        if (other.Errors is not null) (Errors ??= new ErrorTally()).Add(other.Errors);
        Requests += other.Requests;
        Successes += other.Successes;
        Failures += other.Failures;
        MeshErrors += other.MeshErrors;
        BytesReceived += other.BytesReceived;
        BytesSent += other.BytesSent;
        if (other._indices.Length == 0) return;
        Span<uint> dense = stackalloc uint[LatencyBuckets.Count];
        Expand(dense);
        other.Expand(dense);
        Compact(dense);
    }

    /// <summary>Buckets that are not empty, in their order.</summary>
    public ReadOnlySpan<ushort> Indices => _indices;

    /// <summary>Requests in each of <see cref="Indices"/>.</summary>
    public ReadOnlySpan<uint> Counts => _counts;

    public void Add(ErrorTally errors) => (Errors ??= new ErrorTally()).Add(errors);

    /// <summary>The same counts, as of another second.</summary>
    public TrafficSlot Copy(long second)
    {
        var copy = new TrafficSlot(second);
        copy.Add(this);
        return copy;
    }

    public void AddLatencyTo(ulong[] totals)
    {
        for (int i = 0; i < _indices.Length; i++) totals[_indices[i]] += _counts[i];
    }

    private void Expand(Span<uint> dense)
    {
        for (int i = 0; i < _indices.Length; i++) dense[_indices[i]] += _counts[i];
    }

    private void Compact(ReadOnlySpan<uint> dense)
    {
        int used = dense.Length - dense.Count(0u);
        if (_indices.Length != used)
        {
            _indices = new ushort[used];
            _counts = new uint[used];
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
