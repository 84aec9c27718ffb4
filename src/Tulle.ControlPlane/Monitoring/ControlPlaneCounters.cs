using Tulle.Metrics;

namespace Tulle.ControlPlane.Monitoring;

/// <summary>What the control plane counts of its own work. Thread-safe.</summary>
internal sealed class ControlPlaneCounters(TimeProvider clock)
{
    private static readonly double[] CompilationBounds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];
    private static readonly double[] DelayBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private long _destinations, _endpoints, _inbound, _trust, _rejected, _refusedSubscriptions, _views, _failures, _issued, _refusedCertificates, _viewAt;

    public HistogramCounts DestinationCompilation { get; } = new(CompilationBounds);

    public HistogramCounts InboundCompilation { get; } = new(CompilationBounds);

    public HistogramCounts PushDelay { get; } = new(DelayBounds);

    public long DestinationPushes => Interlocked.Read(ref _destinations);

    public long EndpointPushes => Interlocked.Read(ref _endpoints);

    public long InboundPushes => Interlocked.Read(ref _inbound);

    public long TrustPushes => Interlocked.Read(ref _trust);

    public long PushesRejected => Interlocked.Read(ref _rejected);

    public long SubscriptionsRefused => Interlocked.Read(ref _refusedSubscriptions);

    public long Views => Interlocked.Read(ref _views);

    public long CompilationFailures => Interlocked.Read(ref _failures);

    public long CertificatesIssued => Interlocked.Read(ref _issued);

    public long CertificatesRefused => Interlocked.Read(ref _refusedCertificates);

    /// <summary>A proxy is told of a destination, or of a change of its endpoints alone.</summary>
    public void OnDestinationPushed(bool endpointsOnly) => Interlocked.Increment(ref endpointsOnly ? ref _endpoints : ref _destinations);

    public void OnInboundPushed() => Interlocked.Increment(ref _inbound);

    public void OnTrustPushed() => Interlocked.Increment(ref _trust);

    public void OnRejected() => Interlocked.Increment(ref _rejected);

    public void OnSubscriptionRefused() => Interlocked.Increment(ref _refusedSubscriptions);

    /// <summary>A view of the mesh is in force from now on.</summary>
    public void OnView()
    {
        Interlocked.Increment(ref _views);
        Interlocked.Exchange(ref _viewAt, Now);
    }

    /// <summary>A proxy that knew the resource before is told what the newest view changed.</summary>
    public void OnChangePushed() => PushDelay.Add(SecondsSince(Interlocked.Read(ref _viewAt)));

    public void OnCompilationFailed() => Interlocked.Increment(ref _failures);

    public void OnCertificate(bool issued) => Interlocked.Increment(ref issued ? ref _issued : ref _refusedCertificates);

    /// <summary>A timestamp for <see cref="SecondsSince"/>.</summary>
    public long Now => clock.GetTimestamp();

    public double SecondsSince(long timestamp) => clock.GetElapsedTime(timestamp).TotalSeconds;
}
