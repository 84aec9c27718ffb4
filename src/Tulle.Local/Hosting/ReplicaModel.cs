using System.Net;
using Tulle.Local.Compose;
using Tulle.Local.Supervision;

namespace Tulle.Local.Hosting;

/// <summary>One replica, worked out: its names, its address, and the two processes that it is made of.</summary>
internal sealed record ReplicaModel
{
    /// <summary>Name of its Pod and of its log files.</summary>
    public required string Pod { get; init; }

    public required string Namespace { get; init; }

    /// <summary>Compose service: name of its Deployment, Service and ServiceAccount.</summary>
    public required string Service { get; init; }

    /// <summary>The replica's own loopback address.</summary>
    public required IPAddress Address { get; init; }

    public required IReadOnlyList<PortModel> Ports { get; init; }

    /// <summary>Labels of the Pod.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    public required ProcessConfig App { get; init; }

    public required ProcessConfig Proxy { get; init; }

    public HealthcheckConfig? Healthcheck { get; init; }

    /// <summary>Value of <see cref="Mirroring.MeshLabels.ManagedBy"/>.</summary>
    public required string Manager { get; init; }

    /// <summary>The <c>tulle run</c> that looks after it; null when the mesh itself does.</summary>
    public ProcessIdentity? Supervisor { get; init; }
}

/// <summary>A port of a replica.</summary>
/// <param name="Port">The service's port.</param>
/// <param name="Target">Where the sidecar listens, on the replica's address.</param>
/// <param name="App">Where the application listens, on 127.0.0.1.</param>
/// <param name="Published">Where the sidecar also listens, on 127.0.0.1; null for nowhere.</param>
internal sealed record PortModel(int Port, int Target, int App, int? Published);
