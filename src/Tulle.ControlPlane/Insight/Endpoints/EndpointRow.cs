using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight.Endpoints;

/// <summary>One address of a service's port.</summary>
/// <param name="Address"><c>address:port</c>.</param>
/// <param name="ServicePort">The port that clients ask for.</param>
/// <param name="Pod">Empty when the address belongs to none that the mesh knows.</param>
/// <param name="Workload"><c>deployment/users</c>; empty likewise.</param>
/// <param name="Version">Of the pod's labels; empty without.</param>
/// <param name="Subsets">Names of the subsets that it belongs to.</param>
/// <param name="Zone">Empty when not known.</param>
/// <param name="NotReadyBecause">Why no requests go there; empty when it is ready.</param>
/// <param name="Identity">SPIFFE ID of its sidecar; empty without one.</param>
/// <param name="Certificate">What its sidecar says of its certificate; null when it says nothing.</param>
/// <param name="Beliefs">What clients' proxies believe of it, the worst first.</param>
internal sealed record EndpointRow(
    string Address, int ServicePort, string Pod, string Workload, string Version, IReadOnlyList<string> Subsets, string Zone, bool Terminating,
    string NotReadyBecause, string Identity, ProxyCertificate? Certificate, IReadOnlyList<EndpointBelief> Beliefs)
{
    public bool Ready => NotReadyBecause.Length == 0;
}

/// <summary>What one client's proxy believes of one endpoint, as a part of one backend.</summary>
internal sealed record EndpointBelief(ProxyId Client, string ClientWorkload, string Backend, EndpointReport Report)
{
    /// <summary>The client sends it nothing at that time.</summary>
    public bool IsOut(long nowUnixMs) => Report.CheckError.Length > 0 || IsEjected(nowUnixMs);

    /// <summary>Taken out for what it answered. One whose time is over, and that no request has tried since, is reported with a time that has passed.</summary>
    public bool IsEjected(long nowUnixMs) => Report.EjectedUntilUnixMs > nowUnixMs;

    /// <summary>The last try failed within the last minute.</summary>
    public bool FailedLately(long nowUnixMs) => Report.LastErrorUnixMs > nowUnixMs - 60_000;
}

/// <summary>The limits of a backend, as one client's proxy counts them.</summary>
internal sealed record BackendLimits(ProxyId Client, string ClientWorkload, BackendReport Report);

/// <summary>All that is known of a service's endpoints.</summary>
/// <param name="LeftOut">Endpoints that clients' proxies use and do not report.</param>
internal sealed record EndpointList(string Namespace, string Service, IReadOnlyList<EndpointRow> Rows, IReadOnlyList<BackendLimits> Limits, uint LeftOut);
