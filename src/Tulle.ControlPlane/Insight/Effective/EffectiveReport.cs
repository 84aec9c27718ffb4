using System.Globalization;
using Tulle.ControlPlane.Compilation;
using Tulle.ControlPlane.Compilation.Decisions;
using Tulle.ControlPlane.Insight.Configuration;
using Tulle.ControlPlane.Registry;
using Tulle.Model.Resources;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight.Effective;

/// <summary>What decides about requests to a service, for one client: what its proxy is told, and why.</summary>
/// <param name="Service">The service.</param>
/// <param name="Client">Whose proxy.</param>
/// <param name="Workload">The client's workload; null for any of its namespace.</param>
/// <param name="Ports">In the order of the service.</param>
/// <param name="Backends">What the routes of all ports name.</param>
/// <param name="Decisions">In the order of precedence, with the ports that each holds for.</param>
/// <param name="Warnings">What is wrong.</param>
internal sealed record EffectiveReport(
    ObjectKey Service, Client Client, string? Workload, IReadOnlyList<EffectivePort> Ports, IReadOnlyList<EffectiveBackend> Backends,
    IReadOnlyList<(Decision Decision, IReadOnlyList<int> Ports)> Decisions, IReadOnlyList<EffectiveWarning> Warnings)
{
    public static EffectiveReport Of(MeshSnapshot snapshot, ObjectKey key, Service service, Client client, string? workload, ConfigurationList configuration)
    {
        EffectivePort[] ports = Compile(snapshot, key, service, client);
        EffectiveBackend[] backends = [.. ports.SelectMany(port => port.Compiled.Backends).DistinctBy(backend => backend.Name)
            .Select(backend => EffectiveBackend.Of(snapshot, client, backend))];
        Dictionary<Decision, List<int>> decisions = Decide(snapshot, key, service, client, ports, configuration);
        return new EffectiveReport(
            key, client, workload, ports, backends,
            [.. decisions.OrderBy(entry => entry.Key.Rank).Select(entry => (entry.Key, (IReadOnlyList<int>)entry.Value))],
            [.. FindingsOf(key, decisions.Keys, configuration), .. WithoutEndpoints(key, backends)]);
    }

    /// <summary>What the analysis says of the objects that decide about requests to a service, for one client.</summary>
    public static IEnumerable<EffectiveWarning> Findings(MeshSnapshot snapshot, ObjectKey key, Service service, Client client, ConfigurationList configuration) =>
        FindingsOf(key, Decide(snapshot, key, service, client, Compile(snapshot, key, service, client), configuration).Keys, configuration);

    private static EffectivePort[] Compile(MeshSnapshot snapshot, ObjectKey key, Service service, Client client)
    {
        string host = HostNames.Qualified(key, snapshot.Settings.ClusterDomain);
        return [.. service.Ports.Where(port => port.Protocol == "TCP").Select(port => new EffectivePort(
            port, DestinationCompiler.Compile(snapshot, client, string.Create(CultureInfo.InvariantCulture, $"{host}:{port.Port}"))))];
    }

    /// <summary>The decisions, with the ports that each holds for.</summary>
    private static Dictionary<Decision, List<int>> Decide(
        MeshSnapshot snapshot, ObjectKey key, Service service, Client client, EffectivePort[] ports, ConfigurationList configuration)
    {
        var decisions = new Dictionary<Decision, List<int>>();
        foreach (EffectivePort port in ports)
        {
            foreach (Decision decision in DecisionsOf(snapshot, key, service, client, port))
            {
                if (!decisions.TryGetValue(decision, out List<int>? holds)) decisions[decision] = holds = [];
                if (!holds.Contains(port.Port.Port)) holds.Add(port.Port.Port);
            }
        }
        foreach (ConfiguredObject route in configuration.WouldRoute(key))
            decisions[new Decision(route.Reference, null, false, $"{route.Kind.Kind} of {route.Kind.Group} has no effect in this version")] = [.. ports.Select(port => port.Port.Port)];
        return decisions;
    }

    private static IEnumerable<Decision> DecisionsOf(MeshSnapshot snapshot, ObjectKey key, Service service, Client client, EffectivePort port)
    {
        string host = HostNames.Qualified(key, snapshot.Settings.ClusterDomain);
        IReadOnlyList<Route> routes = port.Compiled.Routes;
        ObjectReference? router = routes.Select(route => ObjectReference.OfRoute(route.Name)).FirstOrDefault(source => source?.Kind == "VirtualService");
        IEnumerable<ObjectKey> services = port.Compiled.Backends.Where(backend => backend.Service is not null)
            .Select(backend => new ObjectKey(backend.Service.Namespace, backend.Service.Name)).Append(key).Distinct();
        IEnumerable<Pod> pods = port.Compiled.Backends.SelectMany(backend => backend.Endpoints, (backend, endpoint) => (backend, endpoint))
            .Where(pair => pair.backend.Service is not null && pair.endpoint.Pod.Length > 0)
            .Select(pair => snapshot.Pods.GetValueOrDefault(new ObjectKey(pair.backend.Service.Namespace, pair.endpoint.Pod))).OfType<Pod>().DistinctBy(pod => pod.Workload);
        return VirtualServiceDecisions.Of(snapshot, client, host, port.Port.Port, routes)
            .Concat(ServiceDecisions.Of(snapshot, client, key, service, router))
            .Concat(services.SelectMany(backend => DestinationRuleDecisions.Of(snapshot, client, backend)))
            .Concat(pods.SelectMany(pod => MtlsDecisions.Of(snapshot, pod)));
    }

    private static IEnumerable<EffectiveWarning> FindingsOf(ObjectKey key, IEnumerable<Decision> decisions, ConfigurationList configuration)
    {
        HashSet<ObjectReference> objects = [.. decisions.Select(decision => decision.Object), new ObjectReference("Service", key.Namespace, key.Name)];
        return configuration.FindingsOf(objects).Select(found => new EffectiveWarning(found.Object, found.Finding));
    }

    private static IEnumerable<EffectiveWarning> WithoutEndpoints(ObjectKey key, IEnumerable<EffectiveBackend> backends) =>
        backends.Where(backend => backend.Compiled.Endpoints.Count == 0).Select(backend => new EffectiveWarning(
            new ObjectReference("Service", key.Namespace, key.Name),
            new Model.Findings.Finding(
                Model.Findings.Severity.Warning, "", $"backend {backend.Compiled.Name} has no ready endpoint, so requests sent there fail with 503",
                $"run 'tulle diagnose svc/{key.Name} -n {key.Namespace}' to see why", Model.Documents.SourceLocation.None, "NoEndpoints")));
}

/// <summary>Something that is wrong with an object.</summary>
internal sealed record EffectiveWarning(ObjectReference Object, Model.Findings.Finding Finding);
