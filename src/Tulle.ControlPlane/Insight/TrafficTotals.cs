namespace Tulle.ControlPlane.Insight;

/// <summary>Traffic summed over series and proxies. Not thread-safe.</summary>
internal sealed class TrafficTotals
{
    private LatencyCounts _latency;
    private ErrorTally? _errors;

    public ulong Requests { get; private set; }

    public ulong Successes { get; private set; }

    public ulong Failures { get; private set; }

    /// <summary>Requests that the mesh answered itself, at either side.</summary>
    public ulong MeshErrors { get; private set; }

    public ulong TlsRequests { get; private set; }

    /// <summary>Requests that went to a server. What the mesh answered instead of sending it in plaintext was neither secured nor exposed.</summary>
    public ulong SentRequests { get; private set; }

    public ulong BytesReceived { get; private set; }

    public ulong BytesSent { get; private set; }

    public long OpenConnections { get; private set; }

    public long TlsConnections { get; private set; }

    public double RequestsPerSecond { get; set; }

    /// <summary>Why the mesh failed requests or refused connections, of the last ten minutes.</summary>
    public ErrorTally Errors => _errors ??= new ErrorTally();

    /// <summary>Share of requests whose response came from the application with a status below 500; null without requests.</summary>
    public double? Success => Successes + Failures + MeshErrors is > 0 and ulong finished ? (double)Successes / finished : null;

    /// <summary>Share over mesh mTLS of the requests that went to a server, of open connections where there were none; null without either.</summary>
    public double? Mtls => SentRequests > 0 ? (double)TlsRequests / SentRequests : OpenConnections > 0 ? (double)TlsConnections / OpenConnections : null;

    /// <summary>Nothing was counted and nothing is open.</summary>
    public bool IsEmpty => Requests == 0 && OpenConnections == 0 && BytesReceived == 0 && BytesSent == 0;

    public void Add(TrafficSlot slot, bool tls)
    {
        AddCounters(slot.Requests, slot.Successes, slot.Failures, slot.MeshErrors, slot.BytesReceived, slot.BytesSent, tls);
        for (int i = 0; i < slot.Indices.Length; i++) _latency.Add(slot.Indices[i], slot.Counts[i]);
        if (slot.Errors is not null) Errors.Add(slot.Errors);
    }

    public void AddCounters(ulong requests, ulong successes, ulong failures, ulong meshErrors, ulong bytesReceived, ulong bytesSent, bool tls)
    {
        Requests += requests;
        Successes += successes;
        Failures += failures;
        MeshErrors += meshErrors;
        if (tls) TlsRequests += requests;
        SentRequests += tls ? requests : requests - Math.Min(requests, meshErrors);
        BytesReceived += bytesReceived;
        BytesSent += bytesSent;
    }

    /// <summary>Adds a share of other totals, 0 to 1. Of latencies nobody knows whose they are: it gets as many, spread as all of them.</summary>
    public void Add(TrafficTotals other, double share)
    {
        Requests += Part(other.Requests, share);
        Successes += Part(other.Successes, share);
        Failures += Part(other.Failures, share);
        MeshErrors += Part(other.MeshErrors, share);
        TlsRequests += Part(other.TlsRequests, share);
        SentRequests += Part(other.SentRequests, share);
        BytesReceived += Part(other.BytesReceived, share);
        BytesSent += Part(other.BytesSent, share);
        OpenConnections += (long)Math.Round(other.OpenConnections * share);
        TlsConnections += (long)Math.Round(other.TlsConnections * share);
        RequestsPerSecond += other.RequestsPerSecond * share;
        if (other._errors is not null) Errors.Add(other._errors);
        _latency.Add(other._latency, share);
    }

    private static ulong Part(ulong count, double share) => (ulong)Math.Round(count * share);

    /// <param name="bucket">Of <see cref="Protocol.LatencyBuckets"/>.</param>
    /// <param name="count">Requests in it.</param>
    public void AddLatency(int bucket, ulong count) => _latency.Add(bucket, count);

    public void AddConnections(long open, bool tls)
    {
        OpenConnections += open;
        if (tls) TlsConnections += open;
    }

    /// <summary>Its latencies are not asked for any more.</summary>
    public void Release() => _latency.Release();

    /// <summary>Latency in milliseconds below which a share of the requests stayed.</summary>
    public double LatencyMs(double quantile) => _latency.QuantileMicros(quantile) / 1000;
}
