using System.Collections.Concurrent;

namespace Tulle.ControlPlane.Insight;

/// <summary>The proxies that report at the moment; a pod has one. Thread-safe.</summary>
internal sealed class ProxyConnections
{
    private readonly ConcurrentDictionary<ProxyId, ProxyConnection> _open = new();

    /// <summary>Raised after a proxy came or went. Handlers must not block.</summary>
    public event Action? Changed;

    /// <summary>How many there are.</summary>
    public int Count => _open.Count;

    public ProxyConnection? Find(ProxyId proxy) => _open.GetValueOrDefault(proxy);

    /// <summary>Adds a connection; a proxy that connects again replaces its old one, which may not have noticed its end yet.</summary>
    public void Add(ProxyConnection connection)
    {
        _open[connection.Proxy] = connection;
        Changed?.Invoke();
    }

    /// <summary>False when a newer connection has taken its place.</summary>
    public bool Remove(ProxyConnection connection)
    {
        bool removed = _open.TryRemove(KeyValuePair.Create(connection.Proxy, connection));
        Changed?.Invoke();
        return removed;
    }
}
