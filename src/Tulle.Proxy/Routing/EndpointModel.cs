using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Tulle.Protocol;
using Tulle.Proxy.Balancing;
using Tulle.Transport;

namespace Tulle.Proxy.Routing;

/// <summary>One instance of a service. Immutable; any thread.</summary>
internal sealed class EndpointModel
{
    private EndpointModel(Endpoint endpoint, IPAddress address)
    {
        var socket = new IPEndPoint(address, (int)endpoint.Port);
        Key = socket.ToString();
        Address = new PeerAddress(socket);
        IsLoopback = address.AddressFamily == AddressFamily.InterNetwork && IPAddress.IsLoopback(address);
        Identity = endpoint.Identity;
        Pod = endpoint.Pod;
        Workload = endpoint.Workload;
        Weight = LoadBalancerModel.WeightOf(endpoint);
        Priority = LoadBalancerModel.PriorityOf(endpoint);
        Zone = endpoint.Zone;
    }

    /// <summary>"address:port", by which an endpoint is the same one across updates.</summary>
    public string Key { get; }

    /// <summary>What a connection is made to, parsed once.</summary>
    public PeerAddress Address { get; }

    /// <summary>On this machine, at an address of 127.0.0.0/8.</summary>
    public bool IsLoopback { get; }

    /// <summary>SPIFFE ID that its sidecar must present; empty: no sidecar, plaintext.</summary>
    public string Identity { get; }

    /// <summary>Its sidecar speaks mesh mTLS.</summary>
    public bool IsMeshed => Identity.Length > 0;

    public string Pod { get; }

    /// <summary>Owner, "deployment/user-service".</summary>
    public string Workload { get; }

    /// <summary>Its share among the endpoints of its priority, at least 1.</summary>
    public int Weight { get; }

    /// <summary>0 first; others take over as it becomes unhealthy.</summary>
    public int Priority { get; }

    public string Zone { get; }

    /// <summary>Compiles an endpoint; an error says what is wrong with it.</summary>
    public static (EndpointModel? Model, string? Error) Compile(Endpoint endpoint)
    {
        if (!IPAddress.TryParse(endpoint.Address, out IPAddress? address))
            return (null, $"endpoint address \"{endpoint.Address}\" is not an IP address");
        if (endpoint.Port is 0 or > IPEndPoint.MaxPort)
            return (null, string.Create(CultureInfo.InvariantCulture, $"endpoint {endpoint.Address} has port {endpoint.Port}, which is not between 1 and 65535"));
        return (new EndpointModel(endpoint, address), null);
    }
}
