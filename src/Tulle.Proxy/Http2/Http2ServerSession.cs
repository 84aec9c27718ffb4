using Tulle.Http.Http2;
using Tulle.Protocol;
using Tulle.Proxy.Forwarding;
using Tulle.Transport;

namespace Tulle.Proxy.Http2;

/// <summary>
/// Serves HTTP/2 on one client connection: owns the socket, reads frames, and gives each stream to a pooled session, which
/// drives it as it would an HTTP/1.1 request. Loop thread only.
/// </summary>
internal sealed class Http2ServerSession : Session, IHttp2LinkOwner
{
    // Kestrel and nghttp2 wait 10 s for the acknowledgement of SETTINGS.
    private const long SettingsTimeoutMs = 10_000;

    private readonly ClientOrigin _origin;
    private readonly Http2DownstreamPool _streams;
    private readonly Http2Link _link;
    private readonly long _startMs;
    private readonly Http2Stream? _first;
    private long _insideSinceMs;
    private long _leavingSinceMs;
    private Leaving _leaving;

    public Http2ServerSession(Worker worker, Connection client, ClientOrigin origin)
        : this(worker, client, origin, new Http2Connection(Http2Role.Server, memory: worker.Http2Memory, nowMs: worker.Loop.NowMs), first: null)
    {
    }

    /// <param name="codec">The connection, before any byte of it was read.</param>
    /// <param name="first">The request with which an HTTP/1.1 connection, which is being served, was upgraded; null without.</param>
    public Http2ServerSession(Worker worker, Connection client, ClientOrigin origin, Http2Connection codec, Http2Stream? first) : base(worker, client)
    {
        _origin = origin;
        _streams = origin.Direction == Direction.Inbound ? worker.InboundStreams : worker.OutboundStreams;
        _startMs = worker.Loop.NowMs;
        _first = first;
        _link = new Http2Link(client, codec, this, this) { ReceivedAtMs = _startMs, SentAtMs = _startMs };
    }

    private enum Leaving : byte
    {
        No,

        /// <summary>Announced: requests that are on their way are still taken (RFC 9113 §6.8).</summary>
        Announced,

        /// <summary>No new streams; those that are here finish.</summary>
        Closed,

        /// <summary>Everything is sent; the client closes.</summary>
        Finished,
    }

    public override void Abort()
    {
        _link.Lose();
        Signal();
    }

    public void OnRequest(Http2Stream stream, bool ended) => _streams.Rent(_origin).Begin(_link, stream, _origin, ended);

    public void OnError(Http2Error error) => Worker.Metrics.CountError(_origin.Direction, Http2Reasons.Of(error));

    public void OnStreamReleased()
    {
        if (_leaving != Leaving.No && _link.ChannelCount == 0) Yield();
    }

    public void OnLosing()
    {
    }

    protected override async Task ServeAsync()
    {
        if (_first is null) _origin.OnServing();
        try
        {
            if (_first is not null) OnRequest(_first, ended: true);
            while (_link.Run() == Step.Wait)
            {
                if (Worker.IsDraining) Leave();
                if (IsOverdue()) break;
                SetDeadlineAt(NextCheckMs());
                await this;
            }
        }
        catch (Exception e)
        {
            Worker.ReportError(e);
        }
        finally
        {
            _link.Lose();
            _origin.OnServed();
            End();
        }
    }

    /// <summary>Goes on with saying goodbye, as far as it is time.</summary>
    private void Leave()
    {
        long now = Loop.NowMs;
        if (_leaving == Leaving.No)
        {
            _link.Codec.GoAway(lastStream: int.MaxValue);
            _link.Codec.Ping();
            _leaving = Leaving.Announced;
            _leavingSinceMs = now;
        }
        else if (_leaving == Leaving.Announced && (_link.PingAnswered || now - _leavingSinceMs >= LingerMs))
        {
            _link.Codec.GoAway();
            _leaving = Leaving.Closed;
        }
        if (_leaving == Leaving.Closed && _link.ChannelCount == 0 && _link.Codec.OutputLength == 0)
        {
            Client!.ShutdownSend();
            _leaving = Leaving.Finished;
            _leavingSinceMs = now;
        }
        _link.ScheduleFlush();
    }

    private long LingerMs => (long)Worker.Config.DrainLinger.TotalMilliseconds;

    private long IdleMs => (long)Worker.Config.IdleTimeout.TotalMilliseconds;

    private long HeadMs => (long)Worker.Config.HeadTimeout.TotalMilliseconds;

    /// <summary>Whether the client has kept us waiting for too long, one way or the other.</summary>
    private bool IsOverdue()
    {
        long now = Loop.NowMs;
        // A frame that does not get on, and a client that does not say what it is.
        if (!_link.IsInsideFrame) _insideSinceMs = 0;
        else if (_insideSinceMs == 0) _insideSinceMs = now;
        if (_insideSinceMs != 0 && now - _insideSinceMs >= HeadMs) return true;
        if (!_link.Codec.IsEstablished && now - _startMs >= HeadMs) return true;
        if (_link.Codec.HasUnansweredSettings && now - _startMs >= SettingsTimeoutMs)
        {
            _link.Codec.Abort(Http2ErrorCode.SettingsTimeout);
            _link.Run();
            return true;
        }
        if (_link.Codec.OutputLength > 0 && now - _link.SentAtMs >= IdleMs) return true;
        if (_leaving == Leaving.Finished && now - _leavingSinceMs >= LingerMs) return true;
        if (_link.ChannelCount > 0 || now - _link.ReceivedAtMs < IdleMs) return false;
        _link.Codec.GoAway();
        _link.Run();
        return true;
    }

    private long NextCheckMs()
    {
        long now = Loop.NowMs;
        long next = now + IdleMs;
        if (_leaving is Leaving.Announced or Leaving.Finished) next = Math.Min(next, _leavingSinceMs + LingerMs);
        if (_insideSinceMs != 0) next = Math.Min(next, _insideSinceMs + HeadMs);
        if (!_link.Codec.IsEstablished) next = Math.Min(next, _startMs + HeadMs);
        if (_link.Codec.HasUnansweredSettings) next = Math.Min(next, _startMs + SettingsTimeoutMs);
        return Math.Max(next, now + 1);
    }
}
