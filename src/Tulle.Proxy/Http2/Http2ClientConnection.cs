using Tulle.Http.Http2;
using Tulle.Proxy.Forwarding;
using Tulle.Proxy.Pooling;
using Tulle.Proxy.Resilience;
using Tulle.Transport;

namespace Tulle.Proxy.Http2;

/// <summary>A connection to an endpoint that many requests share. Made by the endpoint's <see cref="Http2Pool"/>. Loop thread only.</summary>
internal sealed class Http2ClientConnection : Strand, IHttp2LinkOwner
{
    /// <summary>
    /// Streams on one connection, whatever the server allows: RFC 9113 §6.5.2 recommends no less than 100, and what is beyond
    /// is better off on another connection, which another core of the server may have.
    /// </summary>
    private const int MaxStreams = 100;

    // A window for each stream: slow readers of some responses must not hold up those of others.
    private static readonly Http2Limits Limits = new() { ConnectionWindow = MaxStreams * Http2Settings.DefaultWindow };

    private readonly Worker _worker;
    private readonly EndpointPool _pool;
    private readonly Http2Pool _connections;
    private long _pingAtMs;
    private bool _isRetired;

    public Http2ClientConnection(Worker worker, EndpointPool pool, Http2Pool connections) : base(worker.Loop)
    {
        _worker = worker;
        _pool = pool;
        _connections = connections;
    }

    /// <summary>The connection; null when not even connecting could begin.</summary>
    public Http2Link? Link { get; private set; }

    /// <summary>Streams can be opened.</summary>
    public bool IsUp { get; private set; }

    /// <summary>Why it did not come up.</summary>
    public MeshError Error { get; private set; }

    /// <summary>It has carried a request before.</summary>
    public bool IsUsed { get; set; }

    /// <summary>It can take another request, now or when it is up.</summary>
    public bool HasRoom => Link is { IsLost: false } link && !_isRetired && link.ChannelCount < _pool.StreamLimit(MaxStreams)
        && !_pool.IsExhausted(link.Connection) && (!IsUp || link.Codec.CanOpen);

    /// <summary>It is idle, and its place of the backend's limit is there for whoever needs it.</summary>
    public bool HoldsIdlePlace { get; private set; }

    /// <summary>Milliseconds of the loop's clock since when no stream is on it; 0 while there is one.</summary>
    public long IdleSinceMs { get; private set; }

    /// <summary>Begins to connect. False with the reason when the system or the mesh refuses.</summary>
    public bool Start(out MeshError error)
    {
        Connection? connection = _pool.Connect(this, TlsPurpose.Http2, out error);
        if (connection is null) return false;
        long now = Loop.NowMs;
        Link = new Http2Link(connection, new Http2Connection(Http2Role.Client, Limits, memory: _worker.Http2Memory, nowMs: now), this, this) { ReceivedAtMs = now, SentAtMs = now };
        _ = RunAsync();
        return true;
    }

    /// <summary>Takes it for one more request, which joins now; false without room, or when its place was promised to another loop.</summary>
    public bool TryJoin()
    {
        if (!HasRoom || (HoldsIdlePlace && !_pool.Limits!.Idle.TryClaim())) return false;
        HoldsIdlePlace = false;
        return true;
    }

    /// <summary>Closes at once, idle as it is, for somebody who has claimed its place.</summary>
    public void GiveUp()
    {
        HoldsIdlePlace = false;
        _isRetired = true;
        _connections.Remove(this);
        Link!.Lose();
        Signal();
    }

    /// <summary>Takes no more requests, and closes when the last one is done.</summary>
    public void Retire()
    {
        _isRetired = true;
        Signal();
    }

    public void OnRequest(Http2Stream stream, bool ended) => Link!.Codec.Release(stream);

    // Every request that it fails is counted as that.
    public void OnError(Http2Error error)
    {
    }

    public void OnStreamReleased()
    {
        if (Link!.ChannelCount > 0 || Link.IsLost) return;
        IdleSinceMs = Loop.NowMs;
        _isRetired |= _pool.IsExhausted(Link.Connection);
        if (!_isRetired && _pool.Limits is { } limits)
        {
            // In this order: whoever waits elsewhere either sees it, or is seen.
            HoldsIdlePlace = true;
            limits.Idle.Add();
            if (limits.IsNeededElsewhere && limits.Idle.TryClaim())
            {
                HoldsIdlePlace = false;
                _isRetired = true;
            }
        }
        if (_isRetired || Link.Codec.PeerGoesAway) Yield();
    }

    public void OnLosing()
    {
        if (!HoldsIdlePlace) return;
        HoldsIdlePlace = false;
        _pool.Limits!.Idle.OnClosing();
    }

    /// <summary>A request has joined.</summary>
    public void OnJoined()
    {
        IdleSinceMs = 0;
        Link!.Connection.Requests++;
    }

    private async Task RunAsync()
    {
        Http2Link link = Link!;
        try
        {
            // 1. Connect.
            SetDeadline(_pool.ConnectTimeout);
            IoStatus connected;
            MeshError error;
            while ((connected = _pool.FinishConnect(link.Connection, out error)) == IoStatus.Wait)
            {
                if (await this) continue;
                error = MeshError.ConnectTimeout;
                connected = IoStatus.Failed;
                break;
            }
            Error = error;
            if (connected != IoStatus.Done) return;
            IsUp = true;
            link.ReceivedAtMs = Loop.NowMs;
            link.WakeAll();

            // 2. Carry frames until it breaks, or nobody needs it any more.
            bool established = false;
            while (link.Run() == Step.Wait)
            {
                if (!established && link.Codec.IsEstablished)
                {
                    // Requests may wait for what the server's settings allow.
                    established = true;
                    link.WakeAll();
                }
                if (link.ChannelCount == 0 && (_isRetired || link.Codec.PeerGoesAway)) break;
                if (!KeepAlive()) break;
                await this;
            }
        }
        catch (Exception e)
        {
            _worker.ReportError(e);
        }
        finally
        {
            ClearDeadline();
            _connections.Remove(this);
            link.Lose();
        }
    }

    /// <summary>
    /// Asks a silent server for a sign of life: always where that is configured, and another sidecar while requests wait for it. Servers of
    /// gRPC take a ping every few seconds for an attack, and end the connection with the streams on it. False: it gave none.
    /// </summary>
    private bool KeepAlive()
    {
        Http2Link link = Link!;
        Http2KeepaliveModel? keepalive = _pool.Limits?.Model.Http2Keepalive
            ?? (link.ChannelCount > 0 && _pool.Identity.Length > 0 ? Http2KeepaliveModel.Default : null);
        if (keepalive is null)
        {
            ClearDeadline();
            return true;
        }
        (long interval, long timeout) = keepalive;
        long now = Loop.NowMs;
        if (_pingAtMs != 0 && link.ReceivedAtMs >= _pingAtMs) _pingAtMs = 0;
        if (_pingAtMs == 0 && now - link.ReceivedAtMs >= interval)
        {
            link.Codec.Ping();
            link.ScheduleFlush();
            _pingAtMs = now;
        }
        if (_pingAtMs != 0 && now - _pingAtMs >= timeout) return false;
        SetDeadlineAt(_pingAtMs != 0 ? _pingAtMs + timeout : link.ReceivedAtMs + interval);
        return true;
    }
}
