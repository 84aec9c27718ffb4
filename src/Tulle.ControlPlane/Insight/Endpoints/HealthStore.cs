using System.Collections.Concurrent;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight.Endpoints;

/// <summary>What each connected proxy believes; forgotten when it leaves, and told again when it comes back. Thread-safe.</summary>
internal sealed class HealthStore
{
    private readonly ConcurrentDictionary<ProxyId, ProxyHealth> _proxies = new();

    /// <summary>Proxies that have said something.</summary>
    public IEnumerable<(ProxyId Proxy, ProxyHealth Health)> All => _proxies.Select(pair => (pair.Key, pair.Value));

    public ProxyHealth? Find(ProxyId proxy) => _proxies.GetValueOrDefault(proxy);

    public void Take(ProxyId proxy, HealthReport report) => _proxies.GetOrAdd(proxy, static _ => new ProxyHealth()).Take(report);

    public void Forget(ProxyId proxy) => _proxies.TryRemove(proxy, out _);
}
