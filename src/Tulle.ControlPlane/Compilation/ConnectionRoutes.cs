using System.Globalization;
using System.Net;
using Tulle.ControlPlane.Registry;
using Tulle.Model.Resources;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Compilation;

/// <summary>
/// Routes that a VirtualService makes for connections which are carried as they are: its <c>tls</c> rules by server name, and
/// behind them the first of its <c>tcp</c> rules that holds for the client, which takes what no server name has taken.
/// </summary>
internal static class ConnectionRoutes
{
    /// <param name="snapshot">The mesh.</param>
    /// <param name="client">Who asks.</param>
    /// <param name="source">The object that has the host.</param>
    /// <param name="requestPort">The port that the client asked for.</param>
    /// <param name="addresses">Addresses of the host as clients know them, which rules may be restricted to; perhaps none.</param>
    /// <param name="backends">Gets the destinations.</param>
    public static IEnumerable<ConnectionRoute> Compile(
        MeshSnapshot snapshot, Client client, VirtualService source, int requestPort, IReadOnlyList<string> addresses, Backends backends)
    {
        for (int i = 0; i < source.Tls.Count; i++)
        {
            ConnectionRule rule = source.Tls[i];
            string[] names = [.. rule.Matches.Where(match => AppliesTo(match, client, requestPort, addresses))
                .SelectMany(match => match.SniHosts).Select(name => name.TrimEnd('.').ToLowerInvariant()).Distinct(StringComparer.Ordinal)];
            if (names.Length > 0) yield return Route(snapshot, source, "tls", i, rule, names, requestPort, backends);
        }
        for (int i = 0; i < source.Tcp.Count; i++)
        {
            ConnectionRule rule = source.Tcp[i];
            if (rule.Matches.Count > 0 && !rule.Matches.Any(match => AppliesTo(match, client, requestPort, addresses))) continue;
            yield return Route(snapshot, source, "tcp", i, rule, [], requestPort, backends);
            break;
        }
    }

    private static ConnectionRoute Route(
        MeshSnapshot snapshot, VirtualService source, string list, int index, ConnectionRule rule, string[] names, int requestPort, Backends backends)
    {
        var route = new ConnectionRoute
        {
            Name = string.Create(CultureInfo.InvariantCulture, $"VirtualService/{source.Meta.Namespace}/{source.Meta.Name}#{list}-{index}"),
        };
        route.ServerNames.AddRange(names);
        foreach (WeightedDestination target in rule.Route)
        {
            string backend = VirtualServiceRoutes.Target(snapshot, source.Meta.Namespace, target.Destination, requestPort, backends);
            route.Backends.Add(TrafficShares.Weighted(backend, target.Weight));
        }
        return route;
    }

    /// <summary>Everything but the server name is known here.</summary>
    private static bool AppliesTo(ConnectionMatch match, Client client, int requestPort, IReadOnlyList<string> addresses) =>
        (match.Port is null || match.Port == requestPort)
        && (match.SourceNamespace is null || match.SourceNamespace == client.Namespace)
        && (match.Gateways.Count == 0 || match.Gateways.Contains("mesh"))
        && MtlsModes.Selects(match.SourceLabels, client.Labels)
        && (match.DestinationSubnets.Count == 0 || match.DestinationSubnets.Any(subnet => addresses.Any(address => IsIn(subnet, address))));

    private static bool IsIn(string subnet, string address)
    {
        if (!IPAddress.TryParse(address, out IPAddress? ip)) return false;
        return IPNetwork.TryParse(subnet, out IPNetwork network) ? network.Contains(ip) : IPAddress.TryParse(subnet, out IPAddress? single) && single.Equals(ip);
    }
}
