using System.Globalization;
using System.Net;
using Tulle.Protocol;
using Tulle.Proxy.Forwarding;
using Tulle.Proxy.Routing;

namespace Tulle.Proxy.Outbound;

/// <summary>
/// An authority outside of the mesh: its addresses by DNS, looked up off the loop and kept for a while. Traffic passes
/// through in plaintext. Loop thread only.
/// </summary>
internal sealed class ExternalState(Worker worker, string authority)
{
    // Resolvers do not tell the TTL; Envoy's and CoreDNS' default for such caches is 30 s and less.
    private const long KeepMs = 30_000;
    private const long KeepFailureMs = 1_000;

    private readonly DiscoveryWaiters _waiters = new(worker);
    private long _validUntilMs;
    private bool _resolving;
    private bool _released;

    /// <summary>Null when the name could not be resolved.</summary>
    public BackendState? Backend { get; private set; }

    public bool HasWaiters => !_waiters.IsEmpty;

    public Step Await(Session session, out MeshError error)
    {
        error = MeshError.None;
        bool expired = worker.Loop.NowMs >= _validUntilMs;
        if (expired && !_resolving) Resolve();
        // Old addresses serve while newer ones are looked up.
        if (Backend is not null) return Step.Done;
        if (!_resolving)
        {
            error = MeshError.NameNotFound;
            return Step.Failed;
        }
        return _waiters.Join(session, out error);
    }

    public void StopWaiting(Session session) => _waiters.Leave(session);

    public void Release()
    {
        _released = true;
        Backend?.Release();
        Backend = null;
        _validUntilMs = 0;
    }

    private void Resolve()
    {
        int colon = authority.LastIndexOf(':');
        string host = authority[..colon].Trim('[', ']');
        if (!int.TryParse(authority.AsSpan(colon + 1), CultureInfo.InvariantCulture, out int port) || port is <= 0 or > IPEndPoint.MaxPort)
        {
            _validUntilMs = long.MaxValue;
            return;
        }
        if (IPAddress.TryParse(host, out IPAddress? literal))
        {
            OnResolved([literal], port);
            _validUntilMs = long.MaxValue;
            return;
        }
        _resolving = true;
        _ = ResolveAsync(host, port);
    }

    private async Task ResolveAsync(string host, int port)
    {
        IPAddress[] addresses = await worker.Names.ResolveAsync(host).ConfigureAwait(false);
        worker.Loop.Post(
            static state =>
            {
                var (self, found, port) = ((ExternalState, IPAddress[], int))state!;
                self._resolving = false;
                // Nobody would let the endpoints of one go that was forgotten meanwhile.
                if (!self._released) self.OnResolved(found, port);
            },
            (this, addresses, port));
    }

    private void OnResolved(IPAddress[] addresses, int port)
    {
        _validUntilMs = worker.Loop.NowMs + (addresses.Length > 0 ? KeepMs : KeepFailureMs);
        if (addresses.Length > 0)
        {
            var backend = new Backend { Name = authority };
            backend.Endpoints.AddRange(addresses.Distinct().Select(address => new Endpoint { Address = address.ToString(), Port = (uint)port }));
            (BackendModel? model, _) = BackendModel.Compile(backend, 0);
            Backend ??= new BackendState(worker, model!);
            Backend.UpdateExternal(model!);
        }
        _waiters.SignalAll();
    }
}
