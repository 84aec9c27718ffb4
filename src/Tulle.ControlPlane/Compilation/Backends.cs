using System.Globalization;
using Tulle.ControlPlane.Registry;
using Tulle.Model.Resources;
using Tulle.Protocol;
using Endpoint = Tulle.Protocol.Endpoint;

namespace Tulle.ControlPlane.Compilation;

/// <summary>Collects the backends that the routes of one destination name. A backend that has no endpoints is still one.</summary>
internal sealed class Backends(MeshSnapshot snapshot, Client client)
{
    private readonly Dictionary<string, Backend> _byName = new(StringComparer.Ordinal);
    private readonly List<Backend> _ordered = [];

    public IReadOnlyList<Backend> All => _ordered;

    /// <summary>The name of the backend for a service's port, or a subset of it.</summary>
    /// <param name="service">The service, known or not.</param>
    /// <param name="port">The port wanted; null for the service's only one, or <paramref name="requestPort"/>.</param>
    /// <param name="requestPort">The port that the client asked for.</param>
    /// <param name="subset">Empty for the whole service.</param>
    public string Add(ObjectKey service, int? port, int requestPort, string subset = "")
    {
        Service? known = snapshot.Services.GetValueOrDefault(service);
        int number = port ?? (known is { Ports: [var only] } ? only.Port : requestPort);
        string name = $"{service.Name}.{service.Namespace}:{number.ToString(CultureInfo.InvariantCulture)}{(subset.Length > 0 ? $"|{subset}" : "")}";
        if (_byName.ContainsKey(name)) return name;

        var backend = new Backend
        {
            Name = name,
            Service = new ServiceReference { Namespace = service.Namespace, Name = service.Name, Port = (uint)number },
            Subset = subset,
        };
        if (known is not null) Fill(backend, service, known, number);
        return Add(backend);
    }

    /// <summary>The name of the backend that is one pod.</summary>
    public string Add(Pod pod, int port, ServiceReference service)
    {
        var backend = new Backend { Name = $"{pod.Meta.Name}.{pod.Meta.Namespace}:{port.ToString(CultureInfo.InvariantCulture)}|pod", Service = service };
        backend.Endpoints.Add(Candidate(pod.IP!, port, pod, pod.Meta.Name, pod.NodeName, "").Message);
        return Add(backend);
    }

    /// <summary>The name of a backend for a host that is no service the mesh knows: it has no endpoints.</summary>
    public string AddUnknown(string host, int port) =>
        Add(new Backend { Name = $"{host}:{port.ToString(CultureInfo.InvariantCulture)}" });

    /// <summary>Whether a backend sends requests with one key to one endpoint.</summary>
    public bool Hashes(string name) => _byName[name].LoadBalancer?.Hash is not null;

    private string Add(Backend backend)
    {
        if (_byName.TryAdd(backend.Name, backend)) _ordered.Add(backend);
        return backend.Name;
    }

    private void Fill(Backend backend, ObjectKey key, Service service, int number)
    {
        ClientRules rules = ClientRules.For(snapshot, client, key);
        TrafficPolicy policy = rules.Policy(number, backend.Subset);
        backend.LoadBalancer = BackendPolicies.LoadBalancer(policy.LoadBalancer);
        backend.ConnectionPool = BackendPolicies.ConnectionPool(policy.ConnectionPool);
        backend.OutlierDetection = BackendPolicies.OutlierDetection(policy.OutlierDetection);
        // A ServiceProfile switches Linkerd's annotations off (linkerd.md §2), and a DestinationRule's breaker beats them.
        if (policy.OutlierDetection is null && Profiles.Find(snapshot, client.Namespace, key) is null)
            backend.FailureAccrual = BackendPolicies.FailureAccrual(service.Policy.FailureAccrual);
        backend.HealthCheck = BackendPolicies.HealthCheck(
            service.Policy.HealthCheck, $"{HostNames.Qualified(key, snapshot.Settings.ClusterDomain)}:{number.ToString(CultureInfo.InvariantCulture)}");

        if (service.Ports.FirstOrDefault(candidate => candidate.Port == number && candidate.Protocol == "TCP") is not { } port) return;
        backend.Protocol = PortProtocol.Spoken(OpaquePorts.Protocol(snapshot, client.Namespace, service, port), policy.ConnectionPool);
        IReadOnlyDictionary<string, string>? labels = null;
        if (backend.Subset.Length > 0)
        {
            if (rules.Subset(backend.Subset) is not { } subset) return;
            labels = subset.Labels;
        }
        IReadOnlyList<EndpointCandidate> ranked = LocalityPreference.Apply([.. Candidates(key, port, labels)], client, policy, service.Distribution);
        backend.Endpoints.AddRange(ranked.Select(candidate => candidate.Message));
    }

    private IEnumerable<EndpointCandidate> Candidates(ObjectKey service, ServicePort port, IReadOnlyDictionary<string, string>? labels)
    {
        var found = new SortedDictionary<string, EndpointCandidate>(StringComparer.Ordinal);
        foreach (EndpointSlice slice in snapshot.SlicesOf(service))
        {
            if (slice.AddressType == "FQDN" || slice.Ports.FirstOrDefault(candidate => candidate.Name == port.Name)?.Port is not { } number) continue;
            foreach (SliceEndpoint endpoint in slice.Endpoints)
            {
                if (!endpoint.Ready || endpoint.Terminating) continue;
                Pod? pod = endpoint.Pod is { } podName ? snapshot.Pods.GetValueOrDefault(new ObjectKey(service.Namespace, podName)) : null;
                if (labels is not null && (pod is null || !MtlsModes.Selects(labels, pod.Meta.Labels))) continue;
                foreach (string address in endpoint.Addresses)
                    found[$"{address}:{number}"] = Candidate(address, number, pod, endpoint.Pod ?? "", endpoint.NodeName, endpoint.Zone);
            }
        }
        return found.Values;
    }

    private EndpointCandidate Candidate(string address, int port, Pod? pod, string podName, string? nodeName, string? zone)
    {
        string node = nodeName is { Length: > 0 } ? nodeName : pod?.NodeName ?? "";
        Locality locality = pod is not null && Locality.OfPod(pod.Meta.Labels) is { IsKnown: true } own ? own : snapshot.LocalityOf(node);
        if (locality.Zone.Length == 0 && zone is { Length: > 0 }) locality = new Locality(snapshot.Regions.GetValueOrDefault(zone) ?? locality.Region, zone, "");
        var message = new Endpoint
        {
            Address = address,
            Port = (uint)port,
            Pod = podName,
            Identity = pod is null ? "" : Identity(pod, port),
            Workload = pod?.Workload ?? "",
            Zone = locality.Zone,
        };
        return new EndpointCandidate(message, locality, node, pod?.Meta.Labels ?? new Dictionary<string, string>());
    }

    /// <summary>Empty when the pod has no sidecar, or its port takes plaintext only.</summary>
    private string Identity(Pod pod, int port)
    {
        if (!pod.IsMeshed || MtlsModes.Of(snapshot, pod.Meta.Namespace, pod.Meta.Labels).Port(port) == MtlsMode.MtlsDisable) return "";
        return Identities.Of(snapshot.Settings, pod);
    }
}
