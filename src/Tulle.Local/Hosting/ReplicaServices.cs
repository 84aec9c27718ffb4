using Tulle.Kubernetes.Events;
using Tulle.Local.Adoption;
using Tulle.Local.Credentials;
using Tulle.Local.Mirroring;
using Tulle.Local.Supervision;

namespace Tulle.Local.Hosting;

/// <summary>What replicas share.</summary>
internal sealed record ReplicaServices
{
    public required MeshHome Home { get; init; }

    public required ObjectMirror Mirror { get; init; }

    public required EventRecorder Events { get; init; }

    public required WorkloadCredentials Credentials { get; init; }

    public required ExitWatcher Watcher { get; init; }

    /// <summary>For health checks; never through a proxy.</summary>
    public required HttpClient Http { get; init; }

    public required TimeProvider Clock { get; init; }

    /// <summary>Where processes are remembered; null for a replica that ends with its supervisor.</summary>
    public StateFile? State { get; init; }

    /// <summary>Takes one line about something that went wrong.</summary>
    public required Action<string> Log { get; init; }
}
