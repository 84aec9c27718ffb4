using System.Collections.Concurrent;
using Tulle.ControlPlane.Authority;
using Tulle.ControlPlane.Compilation;
using Tulle.ControlPlane.Distribution;
using Tulle.ControlPlane.Insight;
using Tulle.ControlPlane.Registry;
using Tulle.Kubernetes.Events;
using Tulle.Model.Resources;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Events;

/// <summary>
/// Events about Pods that only the mesh knows of: a configuration that its proxy refused, a certificate that it did not get, an ejection.
/// Thread-safe.
/// </summary>
internal sealed class MeshEvents(EventRecorder recorder, MeshViews views)
{
    /// <summary>Ejections that are remembered, so that each is said once; beyond it some are said again.</summary>
    private const int MaxRemembered = 10_000;

    private readonly ConcurrentDictionary<(ProxyId Proxy, string Address), long> _ejections = new();
    private readonly ConcurrentDictionary<ProxyId, string> _certificateErrors = new();

    private MeshSnapshot? Snapshot => (views.Current as CompiledView)?.Snapshot;

    /// <summary>A proxy has refused what it was told, and stays with what it had.</summary>
    public void ConfigurationRefused(Caller caller, string resource, string error)
    {
        if (PodOf(new ProxyId(caller.Namespace, caller.Pod)) is { } pod)
            recorder.Warning(Subject(pod), "ConfigurationRefused", $"Its proxy refused the configuration of {resource} and keeps the last good one: {error}");
    }

    /// <summary>A proxy's request for a certificate was refused.</summary>
    public void CertificateRefused(Caller caller, string error)
    {
        if (PodOf(new ProxyId(caller.Namespace, caller.Pod)) is { } pod) recorder.Warning(Subject(pod), "CertificateRefused", $"Its proxy's request for a certificate was refused: {error}");
    }

    /// <summary>A proxy has said how it sees its servers, and its own certificate.</summary>
    public void Heard(ProxyId proxy, HealthReport report)
    {
        if (report.Certificate is { } certificate) HeardOfCertificate(proxy, certificate.LastError);
        foreach (EndpointReport endpoint in report.Backends.SelectMany(backend => backend.Endpoints)) HeardOfEndpoint(proxy, endpoint);
    }

    /// <summary>A proxy has left.</summary>
    public void Left(ProxyId proxy)
    {
        _certificateErrors.TryRemove(proxy, out _);
        foreach ((ProxyId Proxy, string Address) key in _ejections.Keys.Where(key => key.Proxy == proxy)) _ejections.TryRemove(key, out _);
    }

    private void HeardOfCertificate(ProxyId proxy, string error)
    {
        string before = _certificateErrors.GetValueOrDefault(proxy, "");
        if (error == before) return;
        _certificateErrors[proxy] = error;
        if (error.Length > 0 && PodOf(proxy) is { } pod) recorder.Warning(Subject(pod), "CertificateFailed", $"Its proxy got no new certificate: {error}");
    }

    private void HeardOfEndpoint(ProxyId proxy, EndpointReport endpoint)
    {
        if (endpoint.EjectedUntilUnixMs == 0)
        {
            _ejections.TryRemove((proxy, endpoint.Address), out _);
            return;
        }
        if (_ejections.TryGetValue((proxy, endpoint.Address), out long until) && until == endpoint.EjectedUntilUnixMs) return;
        if (_ejections.Count >= MaxRemembered) _ejections.Clear();
        _ejections[(proxy, endpoint.Address)] = endpoint.EjectedUntilUnixMs;
        int port = endpoint.Address.LastIndexOf(':');
        string address = (port < 0 ? endpoint.Address : endpoint.Address[..port]).Trim('[', ']');
        if (Snapshot?.PodsByAddress.GetValueOrDefault(address) is not { } pod) return;
        recorder.Warning(Subject(pod), "EndpointEjected", $"{PodOf(proxy)?.Workload ?? proxy.Pod} sends no requests to {endpoint.Address} for a while: {endpoint.EjectedBecause}");
    }

    private Pod? PodOf(ProxyId proxy) => Snapshot?.Pods.GetValueOrDefault(new ObjectKey(proxy.Namespace, proxy.Pod));

    private static EventSubject Subject(Pod pod) => EventSubject.Pod(pod.Meta.Namespace, pod.Meta.Name, pod.Meta.Uid);
}
