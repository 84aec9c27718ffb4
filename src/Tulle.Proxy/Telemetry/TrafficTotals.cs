using Tulle.Proxy.Telemetry.Compatibility;

namespace Tulle.Proxy.Telemetry;

/// <summary>One series summed over all event loops. Not thread-safe.</summary>
internal sealed class TrafficTotals
{
    public readonly long[] StatusClasses = new long[6];
    public readonly long[] LatencyBuckets = new long[Protocol.LatencyBuckets.Count];
    public readonly long[] GrpcStatuses = new long[TrafficSeries.GrpcStatusCount];
    public readonly long[] Errors = new long[Forwarding.MeshErrors.Count];

    /// <summary>Responses by <see cref="ResponseDetail.Pack"/>; filled by <see cref="AddDetails"/> only.</summary>
    public SortedDictionary<ulong, long> Details => field ??= [];

    public long Requests;
    public long Successes;
    public long Failures;
    public long MeshErrors;
    public long Retries;
    public long BytesReceived;
    public long BytesSent;
    public long LatencySumMicros;
    public long OpenConnections;
    public long ConnectionsOpened;

    public void Add(TrafficSeries series)
    {
        Requests += Volatile.Read(ref series.Requests);
        Successes += Volatile.Read(ref series.Successes);
        Failures += Volatile.Read(ref series.Failures);
        MeshErrors += Volatile.Read(ref series.MeshErrors);
        Retries += Volatile.Read(ref series.Retries);
        BytesReceived += Volatile.Read(ref series.BytesReceived);
        BytesSent += Volatile.Read(ref series.BytesSent);
        LatencySumMicros += Volatile.Read(ref series.LatencySumMicros);
        OpenConnections += Volatile.Read(ref series.OpenConnections);
        ConnectionsOpened += Volatile.Read(ref series.ConnectionsOpened);
        if (Volatile.Read(ref series.GrpcStatuses) is { } grpc)
        {
            for (int i = 0; i < GrpcStatuses.Length; i++) GrpcStatuses[i] += Volatile.Read(ref grpc[i]);
        }
        if (Volatile.Read(ref series.Errors) is { } errors)
        {
            for (int i = 0; i < Errors.Length; i++) Errors[i] += Volatile.Read(ref errors[i]);
        }
        for (int i = 0; i < StatusClasses.Length; i++) StatusClasses[i] += Volatile.Read(ref series.StatusClasses[i]);
        for (int i = 0; i < LatencyBuckets.Length; i++) LatencyBuckets[i] += Volatile.Read(ref series.LatencyBuckets[i]);
    }

    /// <summary>Adds what was summed before.</summary>
    public void Add(TrafficTotals other)
    {
        Requests += other.Requests;
        Successes += other.Successes;
        Failures += other.Failures;
        MeshErrors += other.MeshErrors;
        LatencySumMicros += other.LatencySumMicros;
        for (int i = 0; i < LatencyBuckets.Length; i++) LatencyBuckets[i] += other.LatencyBuckets[i];
        foreach ((ulong packed, long count) in other.Details) Details[packed] = Details.GetValueOrDefault(packed) + count;
    }

    /// <summary>Adds how responses ended.</summary>
    public void AddDetails(TrafficSeries series)
    {
        foreach (ResponseCell cell in Volatile.Read(ref series.Details)?.Cells ?? [])
        {
            // What the flags say is not a label of Linkerd's.
            ulong packed = (cell.Detail with { Flags = 0 }).Pack();
            Details[packed] = Details.GetValueOrDefault(packed) + Volatile.Read(ref cell.Count);
        }
    }

    public void Clear()
    {
        Requests = Successes = Failures = MeshErrors = Retries = BytesReceived = BytesSent = LatencySumMicros = OpenConnections = ConnectionsOpened = 0;
        Array.Clear(StatusClasses);
        Array.Clear(GrpcStatuses);
        Array.Clear(Errors);
        Array.Clear(LatencyBuckets);
    }

    public void CopyTo(TrafficTotals other)
    {
        other.Requests = Requests;
        other.Successes = Successes;
        other.Failures = Failures;
        other.MeshErrors = MeshErrors;
        other.Retries = Retries;
        other.BytesReceived = BytesReceived;
        other.BytesSent = BytesSent;
        other.LatencySumMicros = LatencySumMicros;
        other.OpenConnections = OpenConnections;
        other.ConnectionsOpened = ConnectionsOpened;
        StatusClasses.CopyTo(other.StatusClasses, 0);
        GrpcStatuses.CopyTo(other.GrpcStatuses, 0);
        Errors.CopyTo(other.Errors, 0);
        LatencyBuckets.CopyTo(other.LatencyBuckets, 0);
    }
}
