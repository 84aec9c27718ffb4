using Tulle.Proxy.Forwarding;
using Tulle.Proxy.Telemetry.Compatibility;

namespace Tulle.Proxy.Telemetry;

/// <summary>
/// Counters of one series on one event loop. Only that loop writes; the telemetry thread reads without a lock, so a
/// reading may miss the request in progress but is never torn (64-bit loads and stores are atomic here).
/// </summary>
/// <param name="number">Different for each series of its loop.</param>
internal sealed class TrafficSeries(SeriesKey key, int number = 0)
{
    public SeriesKey Key { get; } = key;

    public int Number { get; } = number;

    /// <summary>Finished requests by the hundreds of their status: index 1 to 5; 0 counts what ended without a response.</summary>
    public readonly long[] StatusClasses = new long[6];

    /// <summary>Finished requests per bucket of <see cref="Protocol.LatencyBuckets"/>.</summary>
    public readonly long[] LatencyBuckets = new long[Protocol.LatencyBuckets.Count];

    /// <summary>gRPC's statuses 0 to 16, and at the end those that it does not know.</summary>
    public const int GrpcStatusCount = 18;

    /// <summary>gRPC responses by status; null before the first one.</summary>
    public long[]? GrpcStatuses;

    /// <summary>By <see cref="MeshError"/>; null before the first one.</summary>
    public long[]? Errors;

    /// <summary>Responses by how they ended, where another mesh's metrics are asked for; else null.</summary>
    public ResponseDetails? Details;

    /// <summary>Connections that carry something else than HTTP, and their bytes as their client sees them.</summary>
    public long TcpOpened, TcpClosed, TcpFromClient, TcpToClient;

    public long Requests;
    public long Successes;
    public long Failures;
    public long MeshErrors;

    /// <summary>Tries that failed and that a retry policy had repeated.</summary>
    public long Retries;
    public long BytesReceived;
    public long BytesSent;
    public long LatencySumMicros;
    public long OpenConnections;
    public long ConnectionsOpened;

    /// <summary>Counts a request by its status alone: from 500 on it is a failure.</summary>
    /// <inheritdoc cref="RecordResponse(int, bool, int, long)"/>
    public void RecordResponse(int status, long latencyMicros) => RecordResponse(status, status is 0 or >= 500, grpcStatus: -1, latencyMicros);

    /// <summary>Counts a request whose response came from the application. Loop thread.</summary>
    /// <param name="status">HTTP status; 0 when the response was cut off.</param>
    /// <param name="isFailure">It counts as a failure of the service.</param>
    /// <param name="grpcStatus">Of a gRPC response; -1 for others.</param>
    /// <param name="latencyMicros">From the request's head to the end of the response, in microseconds.</param>
    public void RecordResponse(int status, bool isFailure, int grpcStatus, long latencyMicros)
    {
        Requests++;
        StatusClasses[Math.Clamp(status / 100, 0, 5)]++;
        if (isFailure) Failures++;
        else Successes++;
        if (grpcStatus >= 0) (GrpcStatuses ??= new long[GrpcStatusCount])[Math.Min(grpcStatus, GrpcStatusCount - 1)]++;
        RecordLatency(latencyMicros);
    }

    /// <summary>Counts a request that the mesh answered itself, this proxy or the one beside the server. Loop thread.</summary>
    public void RecordMeshError(int status, long latencyMicros)
    {
        Requests++;
        StatusClasses[Math.Clamp(status / 100, 0, 5)]++;
        MeshErrors++;
        RecordLatency(latencyMicros);
    }

    /// <summary>Counts why the mesh answered a request itself, cut its response off, or refused a connection. Loop thread; allocates for the first time.</summary>
    public void CountError(MeshError error) => (Errors ??= new long[Forwarding.MeshErrors.Count])[(int)error]++;

    private void RecordLatency(long micros)
    {
        LatencySumMicros += micros;
        LatencyBuckets[Protocol.LatencyBuckets.IndexOf(micros)]++;
    }
}
