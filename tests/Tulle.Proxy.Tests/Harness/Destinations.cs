using System.Net;
using Tulle.Protocol;

namespace Tulle.Proxy.Tests.Harness;

/// <summary>Destinations with the routes of a test.</summary>
internal static class Destinations
{
    /// <summary>Authority "app:80" with backends "b0", "b1", … of one endpoint each. A route without backends and answer goes to b0.</summary>
    public static Destination To(IReadOnlyList<IPEndPoint> servers, params ReadOnlySpan<Route> routes)
    {
        var destination = new Destination
        {
            Authority = "app:80", Version = 1, Resolution = Resolution.Mesh, Service = new ServiceReference { Namespace = "test", Name = "app", Port = 80 },
        };
        for (int i = 0; i < servers.Count; i++)
        {
            destination.Backends.Add(new Backend
            {
                Name = $"b{i}",
                Service = destination.Service,
                Endpoints = { new Endpoint { Address = servers[i].Address.ToString(), Port = (uint)servers[i].Port } },
            });
        }
        foreach (Route route in routes)
        {
            bool answers = route.AnswerCase != Route.AnswerOneofCase.None || route.UnmatchedStatus != 0;
            if (route.Backends.Count == 0 && !answers) route.Backends.Add(new WeightedBackend { Backend = "b0", Weight = 1 });
            if (route.Name.Length == 0) route.Name = $"rule#{destination.Routes.Count}";
            destination.Routes.Add(route);
        }
        return destination;
    }

    public static Destination To(IPEndPoint server, params ReadOnlySpan<Route> routes) => To([server], routes);
}
