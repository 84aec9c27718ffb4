using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight.Endpoints;

/// <summary>What one proxy believes of the servers that it sends requests to, and of itself. Thread-safe.</summary>
internal sealed class ProxyHealth
{
    /// <summary>Most backends kept per proxy; a proxy of ours never reports more.</summary>
    public const int MaxBackends = 256;

    /// <summary>Most endpoints kept of one backend; a proxy of ours never reports more of all backends together.</summary>
    public const int MaxEndpoints = 2_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, BackendReport> _backends = new(StringComparer.Ordinal);
    private ProxyCertificate? _certificate;
    private uint _leftOut;

    /// <summary>Its certificate; null before it has said.</summary>
    public ProxyCertificate? Certificate
    {
        get
        {
            lock (_gate) return _certificate;
        }
    }

    /// <summary>Endpoints that it uses and does not report.</summary>
    public uint LeftOut
    {
        get
        {
            lock (_gate) return _leftOut;
        }
    }

    /// <summary>What it believes of the backends of a service. The messages are shared and must not be changed.</summary>
    public IReadOnlyList<BackendReport> BackendsOf(string @namespace, string service)
    {
        lock (_gate) return [.. _backends.Values.Where(backend => backend.Service is { } of && of.Namespace == @namespace && of.Name == service)];
    }

    public void Take(HealthReport report)
    {
        lock (_gate)
        {
            foreach (string name in report.Removed) _backends.Remove(name);
            _leftOut = report.LeftOut;
            foreach (BackendReport backend in report.Backends)
            {
                if (_backends.Count >= MaxBackends && !_backends.ContainsKey(backend.Name))
                {
                    _leftOut += (uint)backend.Endpoints.Count;
                    continue;
                }
                while (backend.Endpoints.Count > MaxEndpoints) backend.Endpoints.RemoveAt(backend.Endpoints.Count - 1);
                _backends[backend.Name] = backend;
            }
            _certificate = report.Certificate ?? _certificate;
        }
    }
}
