using System.Net;
using Tulle.ControlPlane.Registry;
using Tulle.Model.Resources;
using Tulle.Protocol;
using Destination = Tulle.Protocol.Destination;

namespace Tulle.ControlPlane.Compilation;

/// <summary>
/// What a client needs to reach an authority. Rules for one host are taken in this order: VirtualService, TrafficSplit with
/// ServiceProfile, the service itself with its annotations. A pure function; the version is left 0.
/// </summary>
internal static class DestinationCompiler
{
    private const string DefaultRoute = "default";

    public static Destination Compile(MeshSnapshot snapshot, Client client, string authority)
    {
        if (!RequestAuthority.TryParse(authority, out RequestAuthority request)) return NotFound(authority);
        var backends = new Backends(snapshot, client);
        Destination? known = request.Address is { } address
            ? CompileAddress(snapshot, client, request, address, backends)
            : CompileName(snapshot, client, request, backends);
        Destination destination = known ?? NotFound(authority);
        destination.Tracing = Traces.Outbound(snapshot, client);
        if (known is null) return destination;
        destination.Authority = authority;
        // Without a route for requests they pass through, as if nobody had said anything.
        destination.Resolution = destination.Routes.Count > 0 ? Resolution.Mesh : Resolution.NotFound;
        destination.Backends.AddRange(backends.All);
        destination.AccessLog = AccessLogs.Outbound(snapshot, client);
        return destination;
    }

    private static Destination NotFound(string authority) => new() { Authority = authority, Resolution = Resolution.NotFound };

    private static Destination? CompileName(MeshSnapshot snapshot, Client client, RequestAuthority request, Backends backends)
    {
        if (HostNames.Service(request.Host, client.Namespace, snapshot.Settings.ClusterDomain) is { } key
            && snapshot.Services.TryGetValue(key, out Service? service) && service.ExternalName is null)
            return CompileService(snapshot, client, request, key, service, backends);

        // A VirtualService may route a host that is no service of ours.
        if (VirtualServiceRoutes.Find(snapshot, client, request.Host, request.Host) is not { } rule) return null;
        var destination = new Destination();
        destination.Routes.AddRange(VirtualServiceRoutes.Compile(snapshot, client, rule, request.Port, backends));
        destination.ConnectionRoutes.AddRange(ConnectionRoutes.Compile(snapshot, client, rule, request.Port, [], backends));
        if (destination.Routes.Count > 0) destination.Service = new ServiceReference { Name = request.Host, Port = (uint)request.Port };
        return destination.Routes.Count + destination.ConnectionRoutes.Count > 0 ? destination : null;
    }

    private static Destination? CompileAddress(
        MeshSnapshot snapshot, Client client, RequestAuthority request, IPAddress address, Backends backends)
    {
        string text = address.ToString();
        if (snapshot.ServicesByAddress.TryGetValue(text, out Service? service))
            return CompileService(snapshot, client, request, new ObjectKey(service.Meta.Namespace, service.Meta.Name), service, backends);
        if (!snapshot.PodsByAddress.TryGetValue(text, out Pod? pod)) return null;

        InboundPort? port = InboundCompiler.Compile(snapshot, pod).Ports.FirstOrDefault(candidate => candidate.Port == request.Port);
        var destination = new Destination
        {
            Protocol = port?.Protocol ?? Protocol.Protocol.Detect,
            // Who asks for one pod by its address means that pod: no rule of a service applies.
            Service = port?.Service ?? new ServiceReference { Namespace = pod.Meta.Namespace, Name = pod.Meta.Name, Port = (uint)request.Port },
        };
        destination.Routes.Add(Single(DefaultRoute, backends.Add(pod, request.Port, destination.Service)));
        return destination;
    }

    private static Destination? CompileService(
        MeshSnapshot snapshot, Client client, RequestAuthority request, ObjectKey key, Service service, Backends backends)
    {
        ServicePort? port = service.Ports.FirstOrDefault(candidate => candidate.Port == request.Port && candidate.Protocol == "TCP");
        // Every port of a headless service's pods can be reached by name; only its declared ones are ours to route.
        if (port is null && service.IsHeadless) return null;
        var destination = new Destination
        {
            Protocol = port is null ? Protocol.Protocol.Detect : OpaquePorts.Protocol(snapshot, client.Namespace, service, port),
            Service = new ServiceReference { Namespace = key.Namespace, Name = key.Name, Port = (uint)request.Port },
        };
        ServiceProfile? profile = Profiles.Find(snapshot, client.Namespace, key);
        destination.NamedRoutes.AddRange(NamedRoutes.Of(profile));

        string host = HostNames.Qualified(key, snapshot.Settings.ClusterDomain);
        if (VirtualServiceRoutes.Find(snapshot, client, host, request.Host) is { } rule)
        {
            destination.Routes.AddRange(VirtualServiceRoutes.Compile(snapshot, client, rule, request.Port, backends));
            destination.ConnectionRoutes.AddRange(ConnectionRoutes.Compile(snapshot, client, rule, request.Port, service.ClusterIPs, backends));
            // Its rules name what no route of a profile does.
            destination.NamedRoutes.AddRange(destination.Routes.Select(route => new NamedRoute { Name = route.Name, Condition = route.Condition }));
        }
        if (destination.Routes.Count == 0) RouteByService(destination, snapshot, key, service, profile, request.Port, backends);
        return destination;
    }

    /// <summary>The routes where no VirtualService has any.</summary>
    private static void RouteByService(
        Destination destination, MeshSnapshot snapshot, ObjectKey key, Service service, ServiceProfile? profile, int port, Backends backends)
    {
        TrafficShares shares = TrafficShares.Of(snapshot, key, profile, port, backends);
        Route route = shares.Route();
        if (profile is null)
        {
            AnnotatedRoute.Apply(route, service.Policy);
        }
        else
        {
            destination.RetryBudget = ProfileRoutes.Budget(profile.RetryBudget);
            destination.Routes.AddRange(ProfileRoutes.Of(profile, shares.Backends));
        }
        destination.Routes.Add(route);
    }

    private static Route Single(string name, string backend)
    {
        var route = new Route { Name = name };
        route.Backends.Add(TrafficShares.Weighted(backend, 1));
        return route;
    }
}
