using Tulle.Proxy.Balancing;
using Tulle.Proxy.Forwarding;
using Tulle.Proxy.Http2;
using Tulle.Proxy.Resilience;
using Tulle.Proxy.Telemetry;
using Tulle.Transport;

namespace Tulle.Proxy.Pooling;

/// <summary>
/// The connections to one endpoint on one event loop: idle ones, and how to make a new one. Backends that share an endpoint
/// share its pool. Loop thread only.
/// </summary>
internal sealed partial class EndpointPool : IConnectionOwner, IConnectionObserver, IEndpointAttachment
{
    private readonly Worker _worker;
    private readonly PeerAddress _address;
    private readonly PeerAddress? _source;
    private readonly List<Connection> _idle = [];
    private Http2Pool? _http2;
    private bool _retired;

    /// <param name="key">The address as text.</param>
    /// <param name="identity">SPIFFE ID that its sidecar must prove; empty for plaintext.</param>
    /// <param name="source">Address to connect from; the system chooses without one.</param>
    public EndpointPool(Worker worker, string key, in PeerAddress address, string identity, PeerAddress? source = null)
    {
        _worker = worker;
        _address = address;
        _source = source;
        Key = key;
        Identity = identity;
        IsSelf = worker.IsOwnAddress(key);
    }

    /// <summary>The pool of an endpoint, made with its first use.</summary>
    /// <param name="limits">What its backend allows; only for endpoints that no other backend shares.</param>
    public static EndpointPool Of(Worker worker, EndpointState endpoint, BackendLimits? limits = null)
    {
        if (endpoint.Attachment is EndpointPool pool) return pool;
        pool = new EndpointPool(worker, endpoint.Model.Key, endpoint.Model.Address, endpoint.Model.Identity,
            endpoint.Model.IsLoopback ? worker.LoopbackSource : null)
        {
            Limits = limits,
        };
        endpoint.Attachment = pool;
        return pool;
    }

    /// <summary><c>address:port</c></summary>
    public string Key { get; }

    /// <summary>SPIFFE ID that the other side must prove; empty for plaintext.</summary>
    public string Identity { get; }

    /// <summary>The address is one on which this proxy takes outbound traffic: what is sent there comes back.</summary>
    public bool IsSelf { get; }

    /// <summary>Whether it has a connection that is up and can take a request.</summary>
    public bool HasIdle(bool http2) => http2 ? _http2 is { HasRoom: true } : _idle.Count > 0;

    /// <summary>What its backend allows; null where that is nothing special.</summary>
    public BackendLimits? Limits { get; set; }

    /// <summary>Where its connections are counted; null for those to the own application, which nobody asks about.</summary>
    public TrafficSeries? Series { get; set; }

    /// <summary>
    /// A server's side for one attempt: on an idle connection, or on a new one that <see cref="Upstream.FinishConnect"/>
    /// completes. Null with the reason when there can be none.
    /// </summary>
    /// <param name="session">Whose attempt it is.</param>
    /// <param name="http2">What the server is spoken to.</param>
    /// <param name="fresh">No idle connection: one that was closed meanwhile is seldom the only one.</param>
    /// <param name="error">Why there is none.</param>
    public Upstream? Take(HttpSession session, bool http2, bool fresh, out MeshError error)
    {
        error = MeshError.None;
        if (http2) return TakeHttp2(session, out error);
        Connection? connection = fresh ? null : TakeIdle(session);
        bool reused = connection is not null;
        connection ??= Connect(session, TlsPurpose.Http, out error);
        if (connection is null) return null;
        Http1Upstream upstream = _worker.Http1Upstreams.Rent();
        upstream.Attach(this, session, connection, reused);
        return upstream;
    }

    /// <summary>A shared HTTP/2 connection with room for one more request; null with the reason.</summary>
    public Http2ClientConnection? PickHttp2(out MeshError error) => (_http2 ??= new Http2Pool(_worker, this)).Pick(out error);

    /// <summary>The most recently used idle connection that is still alive, or null.</summary>
    public Connection? TakeIdle(IConnectionOwner owner)
    {
        while (_idle.Count > 0 && (Limits is null || Limits.Idle.TryClaim()))
        {
            Connection connection = _idle[^1];
            _idle.RemoveAt(_idle.Count - 1);
            _worker.IdleUpstreams--;
            if (!connection.IsReadable && !IsTooOld(connection))
            {
                connection.Owner = owner;
                return connection;
            }
            connection.Close();
        }
        return null;
    }

    /// <summary>Takes a connection that can carry another request.</summary>
    public void ReturnIdle(Connection connection)
    {
        connection.Requests++;
        if (_retired || _worker.IsDraining || IsExhausted(connection) || !IsQuiet(connection))
        {
            connection.Close();
            return;
        }
        if (_idle.Count >= _worker.Config.MaxIdlePerEndpoint)
        {
            // The oldest is the likeliest to be closed by the server soon.
            Limits?.Idle.OnClosing();
            CloseOldest();
        }
        connection.Owner = this;
        connection.IdleSinceMs = _worker.Loop.NowMs;
        connection.ReleaseReceived();
        _idle.Add(connection);
        _worker.IdleUpstreams++;
        if (Limits is not { } limits) return;
        // In this order: whoever waits elsewhere either sees it, or is seen.
        limits.Idle.Add();
        if (limits.IsNeededElsewhere && limits.Idle.TryClaim()) CloseOldest();
    }

    /// <summary>Closes connections that have been idle since before <paramref name="sinceMs"/>.</summary>
    public void CloseIdle(long sinceMs)
    {
        // The backend's own limit, but never longer than the caller says.
        if (Limits is { Model.IdleTimeoutMicros: > 0 and var idle } && sinceMs != long.MaxValue)
            sinceMs = _worker.Loop.NowMs - idle / 1_000;
        int old = 0;
        for (; old < _idle.Count && _idle[old].IdleSinceMs <= sinceMs; old++)
        {
            Limits?.Idle.OnClosing();
            _idle[old].Close();
        }
        _idle.RemoveRange(0, old);
        _worker.IdleUpstreams -= old;
        _http2?.CloseIdle(sinceMs);
    }

    /// <summary>Closes one idle connection, whose place somebody has claimed; false when there is none.</summary>
    public bool CloseOneIdle()
    {
        if (_idle.Count == 0) return _http2?.CloseOneIdle() ?? false;
        CloseOldest();
        return true;
    }

    private void CloseOldest()
    {
        Connection connection = _idle[0];
        _idle.RemoveAt(0);
        _worker.IdleUpstreams--;
        connection.Close();
    }

    /// <summary>
    /// The server says nothing out of turn. A response that filled the buffer to its end leaves open whether more came, so the kernel
    /// is asked; otherwise it has told already.
    /// </summary>
    private static bool IsQuiet(Connection connection) => !connection.IsReadable || connection.Receive() == IoStatus.Wait;

    /// <summary>It takes no further request: it carried as many as it may, or is as old as it may become.</summary>
    public bool IsExhausted(Connection connection) => Limits is { } limits
        && ((limits.Model.MaxRequestsPerConnection > 0 && connection.Requests >= limits.Model.MaxRequestsPerConnection) || IsTooOld(connection));

    /// <summary>Streams that one HTTP/2 connection may carry at one time, at most as many as given.</summary>
    public int StreamLimit(int most) => Limits is { Model.MaxConcurrentStreams: > 0 and var own } ? Math.Min(most, own) : most;

    private bool IsTooOld(Connection connection) => Limits is { Model.MaxDurationMicros: > 0 and var longest }
        && _worker.Loop.NowMs - connection.OpenedMs >= longest / 1_000;

    /// <inheritdoc/>
    public void Retire()
    {
        _retired = true;
        CloseIdle(long.MaxValue);
        _http2?.Retire();
    }

    private Http2Upstream? TakeHttp2(HttpSession session, out MeshError error)
    {
        Http2ClientConnection? connection = PickHttp2(out error);
        if (connection is null) return null;
        Http2Upstream upstream = _worker.Http2Upstreams.Rent();
        upstream.Attach(this, session, connection);
        return upstream;
    }

    /// <summary>An idle connection said something: it was closed, or the server speaks out of turn. Either way it is of no use.</summary>
    public void OnReady(Connection connection)
    {
        if (!connection.IsReadable) return;
        if (_idle.Remove(connection))
        {
            _worker.IdleUpstreams--;
            Limits?.Idle.OnClosing();
        }
        connection.Close();
    }
}
