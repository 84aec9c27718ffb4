using System.Globalization;
using Tulle.ControlPlane.Compilation;
using Tulle.ControlPlane.Registry;
using Tulle.Model.Resources;

namespace Tulle.ControlPlane.Insight.Endpoints;

/// <summary>Brings what EndpointSlices and pods say of a service together with what its clients' proxies believe. Not thread-safe.</summary>
internal sealed class EndpointJoin(MeshSnapshot snapshot, IReadOnlyList<WorkloadPod> pods, HealthStore health, long nowUnixMs)
{
    private readonly Dictionary<ProxyId, WorkloadPod> _clients = pods.Where(pod => pod.Meshed).GroupBy(pod => pod.Proxy).ToDictionary(group => group.Key, group => group.First());

    /// <summary>The endpoints of a service.</summary>
    public EndpointList Of(Service service)
    {
        var key = new ObjectKey(service.Meta.Namespace, service.Meta.Name);
        var beliefs = new List<EndpointBelief>();
        var limits = new List<BackendLimits>();
        uint leftOut = 0;
        foreach ((ProxyId client, ProxyHealth proxy) in health.All)
        {
            string workload = _clients.GetValueOrDefault(client)?.Workload ?? "";
            leftOut += proxy.LeftOut;
            foreach (Protocol.BackendReport backend in proxy.BackendsOf(key.Namespace, key.Name))
            {
                beliefs.AddRange(backend.Endpoints.Select(endpoint => new EndpointBelief(client, workload, backend.Name, endpoint)));
                if (backend.Requests is not null) limits.Add(new BackendLimits(client, workload, backend));
            }
        }
        ILookup<string, EndpointBelief> byAddress = beliefs.ToLookup(belief => belief.Report.Address);
        Subset[] subsets = [.. SubsetsOf(key)];
        EndpointRow[] rows =
        [
            .. service.Ports.Where(port => port.Protocol == "TCP").SelectMany(port => RowsOf(key, port, subsets, byAddress))
                .OrderBy(row => row.ServicePort).ThenBy(row => row.Workload, StringComparer.Ordinal).ThenBy(row => row.Pod, StringComparer.Ordinal)
                .ThenBy(row => row.Address, StringComparer.Ordinal),
        ];
        BackendLimits[] ordered =
        [
            .. limits.OrderByDescending(limit => Refused(limit.Report)).ThenBy(limit => limit.Report.Name, StringComparer.Ordinal)
                .ThenBy(limit => limit.Client.Namespace, StringComparer.Ordinal).ThenBy(limit => limit.Client.Pod, StringComparer.Ordinal),
        ];
        return new EndpointList(key.Namespace, key.Name, rows, ordered, leftOut);
    }

    /// <summary>Requests that limits of the backend refused, of any kind.</summary>
    public static ulong Refused(Protocol.BackendReport report) =>
        (report.Connections?.Refused ?? 0) + (report.Pending?.Refused ?? 0) + (report.Requests?.Refused ?? 0) + (report.Retries?.Refused ?? 0);

    private IEnumerable<EndpointRow> RowsOf(ObjectKey key, ServicePort port, Subset[] subsets, ILookup<string, EndpointBelief> beliefs)
    {
        foreach (EndpointSlice slice in snapshot.SlicesOf(key))
        {
            if (slice.AddressType == "FQDN" || slice.Ports.FirstOrDefault(candidate => candidate.Name == port.Name)?.Port is not { } number) continue;
            foreach (SliceEndpoint endpoint in slice.Endpoints)
            {
                foreach (string address in endpoint.Addresses)
                {
                    // An IPv6 address stands in brackets, as the proxies write it.
                    string host = address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address;
                    string full = $"{host}:{number.ToString(CultureInfo.InvariantCulture)}";
                    yield return RowOf(key, full, number, port.Port, endpoint, subsets, beliefs[full]);
                }
            }
        }
    }

    private EndpointRow RowOf(
        ObjectKey key, string address, int number, int servicePort, SliceEndpoint endpoint, Subset[] subsets, IEnumerable<EndpointBelief> beliefs)
    {
        Pod? pod = endpoint.Pod is { } name ? snapshot.Pods.GetValueOrDefault(new ObjectKey(key.Namespace, name)) : null;
        IReadOnlyDictionary<string, string>? labels = pod?.Meta.Labels;
        bool plaintext = pod is null || MtlsModes.Of(snapshot, key.Namespace, pod.Meta.Labels).Port(number) == Protocol.MtlsMode.MtlsDisable;
        return new EndpointRow(
            address, servicePort, endpoint.Pod ?? "", pod?.Workload ?? "",
            labels?.GetValueOrDefault("version") ?? labels?.GetValueOrDefault("app.kubernetes.io/version") ?? "",
            labels is null ? [] : [.. subsets.Where(subset => MtlsModes.Selects(subset.Labels, labels)).Select(subset => subset.Name)],
            ZoneOf(endpoint, pod), endpoint.Terminating, NotReadyBecause(endpoint, pod),
            pod is { IsMeshed: true } && !plaintext ? Identities.Of(snapshot.Settings, pod) : "",
            endpoint.Pod is { } sidecar ? health.Find(new ProxyId(key.Namespace, sidecar))?.Certificate : null,
            [
                .. beliefs.OrderByDescending(belief => belief.IsOut(nowUnixMs)).ThenByDescending(belief => belief.Report.LastErrorUnixMs)
                    .ThenBy(belief => belief.Client.Namespace, StringComparer.Ordinal).ThenBy(belief => belief.Client.Pod, StringComparer.Ordinal),
            ]);
    }

    private string ZoneOf(SliceEndpoint endpoint, Pod? pod) =>
        endpoint.Zone is { Length: > 0 } zone ? zone : pod is null ? snapshot.LocalityOf(endpoint.NodeName).Zone : snapshot.LocalityOf(pod).Zone;

    private static string NotReadyBecause(SliceEndpoint endpoint, Pod? pod)
    {
        if (endpoint.Terminating) return "its pod is being stopped";
        if (endpoint.Ready) return "";
        return pod is null ? "its EndpointSlice says so" : pod.NotReadyBecause is { Length: > 0 } why ? why : "its EndpointSlice says so";
    }

    private IEnumerable<Subset> SubsetsOf(ObjectKey key) =>
        ClientRules.For(snapshot, Client.In(key.Namespace), key).Subsets.DistinctBy(subset => subset.Name, StringComparer.Ordinal);
}
