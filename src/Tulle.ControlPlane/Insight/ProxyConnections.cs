using System.Collections.Concurrent;

namespace Tulle.ControlPlane.Insight;

/// <summary>The proxies that report at the moment; a pod has one. Thread-safe.</summary>
internal sealed class ProxyConnections
{
    private readonly ConcurrentDictionary<ProxyId, ProxyConnection> _open = new();
    private readonly Lock _counting = new();
    private volatile int _count;

    /// <summary>Raised after a proxy came or went. Handlers must not block.</summary>
    public event Action? Changed;

    /// <summary>How many there are.</summary>
    public int Count => _count;

    /// <summary>All of them.</summary>
    public IEnumerable<ProxyConnection> All => _open.Select(pair => pair.Value);

    public ProxyConnection? Find(ProxyId proxy) => _open.GetValueOrDefault(proxy);

    /// <summary>Adds a connection; a proxy that connects again replaces its old one, which may not have noticed its end yet.</summary>
    public void Add(ProxyConnection connection)
    {
        _open[connection.Proxy] = connection;
        CountOpen();
        Changed?.Invoke();
    }

    /// <summary>False when a newer connection has taken its place.</summary>
    public bool Remove(ProxyConnection connection)
    {
        bool removed = _open.TryRemove(KeyValuePair.Create(connection.Proxy, connection));
        CountOpen();
        Changed?.Invoke();
        return removed;
    }

    private void CountOpen()
    {
        // To count takes every lock of the dictionary, and is asked for at every report.
        lock (_counting) _count = _open.Count;
    }
}
