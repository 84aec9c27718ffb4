using System.Text.Json.Serialization;
using Tulle.Local.Supervision;

namespace Tulle.Local.Adoption;

/// <summary>What the next mesh of the same folder must know to carry on: addresses, ports and processes.</summary>
internal sealed record MeshState
{
    /// <summary>Second octet of the mesh's loopback addresses, 127.OCTET.b.c.</summary>
    public int Octet { get; init; }

    public int ApiPort { get; init; }

    public int ControlPlanePort { get; init; }

    public int DashboardPort { get; init; }

    public int MetricsPort { get; init; }

    /// <summary>Proxies leave traces alone.</summary>
    public bool LeavesTraces { get; init; }

    /// <summary>Where applications send their own spans over gRPC.</summary>
    public int OtlpGrpcPort { get; init; }

    /// <summary>Where applications send their own spans over HTTP.</summary>
    public int OtlpHttpPort { get; init; }

    /// <summary>What workloads that join later are told too.</summary>
    public string MetricsCompat { get; init; } = "";

    /// <summary>Header fields whose values no tap shows, for them too.</summary>
    public string[] RedactedHeaders { get; init; } = [];

    /// <summary>Bearer token of the kubeconfig.</summary>
    public string AdminToken { get; init; } = "";

    /// <summary>Process number of the mesh that got everything ready; 0 while none did.</summary>
    public int ReadyBy { get; init; }

    /// <summary>By pod name.</summary>
    public Dictionary<string, ReplicaState> Replicas { get; init; } = [];
}

/// <summary>One replica as it was last seen.</summary>
internal sealed record ReplicaState
{
    public string Address { get; init; } = "";

    /// <summary>Private port of the application on 127.0.0.1, by the service's port.</summary>
    public Dictionary<int, int> AppPorts { get; init; } = [];

    /// <summary>Digest of everything the application was started with; another one means that it must be started anew.</summary>
    public string AppDigest { get; init; } = "";

    public string ProxyDigest { get; init; } = "";

    public ProcessIdentity? App { get; init; }

    public ProcessIdentity? Proxy { get; init; }

    /// <summary>The <c>tulle run</c> that looks after it; null when the mesh itself does.</summary>
    public ProcessIdentity? Supervisor { get; init; }
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(MeshState))]
[JsonSerializable(typeof(ReplicaState))]
internal sealed partial class StateJson : JsonSerializerContext;
