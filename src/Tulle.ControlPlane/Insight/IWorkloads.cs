namespace Tulle.ControlPlane.Insight;

/// <summary>A pod, as metrics and tap see it.</summary>
/// <param name="Namespace">Where it is.</param>
/// <param name="Name">Its name.</param>
/// <param name="Workload">Its owner, <c>deployment/user-service</c>; itself, <c>pod/x</c>, when it has none.</param>
/// <param name="Address">Its IP; empty until it has one.</param>
/// <param name="Identity">SPIFFE ID of its sidecar; empty when it has none.</param>
/// <param name="Services">Names of the services of its namespace that lead to it.</param>
internal sealed record WorkloadPod(
    string Namespace, string Name, string Workload, string Address, string Identity, IReadOnlyList<string> Services)
{
    public bool Meshed => Identity.Length > 0;

    /// <summary>How its proxy is called in the connection table.</summary>
    public ProxyId Proxy => new(Namespace, Name);
}

/// <summary>The proxy of a pod.</summary>
internal readonly record struct ProxyId(string Namespace, string Pod);

/// <summary>What runs in the mesh at the moment. Thread-safe.</summary>
internal interface IWorkloads
{
    /// <summary>Pods that are not over.</summary>
    IReadOnlyList<WorkloadPod> Pods { get; }

    /// <summary>Every service.</summary>
    IReadOnlyList<(string Namespace, string Name)> Services { get; }
}
