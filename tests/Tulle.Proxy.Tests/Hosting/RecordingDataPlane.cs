using System.Collections.Concurrent;
using Tulle.Protocol;
using Tulle.Proxy.Discovery;

namespace Tulle.Proxy.Tests.Hosting;

/// <summary>A data plane that keeps what it is given, and refuses what the test says.</summary>
internal sealed class RecordingDataPlane : IDataPlane
{
    public ConcurrentQueue<Destination> Destinations { get; } = new();

    public ConcurrentQueue<InboundPolicy> Policies { get; } = new();

    public ConcurrentQueue<WorkloadCertificate> Certificates { get; } = new();

    /// <summary>Why to refuse a destination; null takes it.</summary>
    public Func<Destination, string?> Refuse { get; set; } = _ => null;

    public string? Apply(Destination destination)
    {
        if (Refuse(destination) is { } reason) return reason;
        Destinations.Enqueue(destination);
        return null;
    }

    public string? Apply(InboundPolicy policy)
    {
        Policies.Enqueue(policy);
        return null;
    }

    public string? Apply(WorkloadCertificate certificate)
    {
        Certificates.Enqueue(certificate);
        return null;
    }
}
