using System.Globalization;
using Tulle.ControlPlane.Registry;
using Tulle.Model.Resources;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Compilation;

/// <summary>What holds for connections to a pod. A pure function; the version is left 0.</summary>
internal static class InboundCompiler
{
    /// <summary>The policy of a pod that is known.</summary>
    public static InboundPolicy Compile(MeshSnapshot snapshot, Pod pod)
    {
        MtlsModes modes = MtlsModes.Of(snapshot, pod.Meta.Namespace, pod.Meta.Labels);
        var ports = new SortedDictionary<int, InboundPort>();
        foreach ((Service service, ServicePort port, int number) in ServedPorts(snapshot, pod))
        {
            if (!ports.ContainsKey(number)) ports[number] = Served(snapshot, pod, service, port);
        }
        ContainerPort[] declared = [.. pod.Containers.Where(container => container.Name != Pod.ProxyContainer)
            .SelectMany(container => container.Ports).Where(port => port.Protocol == "TCP")];
        foreach (int number in declared.Select(port => port.Port).Concat(modes.Ports)) ports.TryAdd(number, new InboundPort());
        ApplyServers(snapshot, pod, ports);

        var policy = new InboundPolicy { DefaultMode = modes.Default, Workload = pod.Workload };
        AccessLog? log = AccessLogs.Inbound(snapshot, pod);
        Tracing? tracing = Traces.Inbound(snapshot, pod);
        foreach ((int number, InboundPort port) in ports)
        {
            port.Port = (uint)number;
            port.Mode = modes.Port(number);
            port.AccessLog = log;
            port.Tracing = tracing;
            if (OpaquePorts.Annotated(snapshot, pod.Meta, number)) port.Protocol = Protocol.Protocol.Opaque;
            policy.Ports.Add(port);
        }
        policy.Ports.AddRange(Published(declared, ports));
        return policy;
    }

    /// <summary>
    /// Where the sidecar itself listens at a port of the machine, what comes there is for the container's port: the same holds for it.
    /// </summary>
    private static IEnumerable<InboundPort> Published(IEnumerable<ContainerPort> declared, SortedDictionary<int, InboundPort> ports)
    {
        foreach (ContainerPort port in declared.Where(port => port.HostPort > 0 && !ports.ContainsKey(port.HostPort)).DistinctBy(port => port.HostPort))
        {
            InboundPort published = ports[port.Port].Clone();
            published.Port = (uint)port.HostPort;
            yield return published;
        }
    }

    /// <summary>The policy of a pod that is not known (yet): what its namespace demands.</summary>
    public static InboundPolicy Compile(MeshSnapshot snapshot, string @namespace) =>
        new() { DefaultMode = MtlsModes.Of(snapshot, @namespace, new Dictionary<string, string>()).Default };

    private static InboundPort Served(MeshSnapshot snapshot, Pod pod, Service service, ServicePort port)
    {
        var key = new ObjectKey(service.Meta.Namespace, service.Meta.Name);
        // Istio's server side obeys the connection pool of the host too (istio.md §1.6), as a client of its own application.
        TrafficPolicy policy = ClientRules.For(snapshot, Client.Of(snapshot, pod), key).Policy(port.Port, "");
        var inbound = new InboundPort
        {
            Protocol = PortProtocol.Spoken(OpaquePorts.Protocol(snapshot, key.Namespace, service, port), policy.ConnectionPool),
            Service = new ServiceReference { Namespace = key.Namespace, Name = key.Name, Port = (uint)port.Port },
            ConnectionPool = BackendPolicies.ConnectionPool(policy.ConnectionPool),
        };
        inbound.NamedRoutes.AddRange(NamedRoutes.Of(Profiles.Find(snapshot, key.Namespace, key)));
        return inbound;
    }

    /// <summary>Linkerd's Servers, which also name ports that no service leads to; the oldest one for a port decides.</summary>
    private static void ApplyServers(MeshSnapshot snapshot, Pod pod, SortedDictionary<int, InboundPort> ports)
    {
        var seen = new HashSet<int>();
        foreach (PolicyServer server in snapshot.Servers.GetValueOrDefault(pod.Meta.Namespace) ?? [])
        {
            if (server.PortOf(pod) is not { } number || !seen.Add(number)) continue;
            if (!ports.TryGetValue(number, out InboundPort? port)) ports[number] = port = new InboundPort();
            port.RateLimit = RateLimits.Of(snapshot, server);
            port.Protocol = PortProtocol.OfServer(server.ProxyProtocol) ?? port.Protocol;
        }
    }

    /// <summary>
    /// The pod's ports that services lead to, by the services' selectors rather than by endpoints: the policy must stand
    /// before the pod is ready and has any. In the order of the services' names.
    /// </summary>
    private static IEnumerable<(Service Service, ServicePort Port, int Number)> ServedPorts(MeshSnapshot snapshot, Pod pod)
    {
        IOrderedEnumerable<Service> services = snapshot.Services.Values
            .Where(service => service.Meta.Namespace == pod.Meta.Namespace && service.Selector.Count > 0
                && MtlsModes.Selects(service.Selector, pod.Meta.Labels))
            .OrderBy(service => service.Meta.Name, StringComparer.Ordinal);
        foreach (Service service in services)
        {
            foreach (ServicePort port in service.Ports)
            {
                if (port.Protocol == "TCP" && TargetPort(pod, port) is { } number) yield return (service, port, number);
            }
        }
    }

    private static int? TargetPort(Pod pod, ServicePort port)
    {
        if (int.TryParse(port.TargetPort, NumberStyles.None, CultureInfo.InvariantCulture, out int number)) return number;
        return pod.Containers.SelectMany(container => container.Ports).FirstOrDefault(candidate => candidate.Name == port.TargetPort)?.Port;
    }
}
