using System.Text;
using Tulle.Http.Detection;
using Tulle.Protocol;
using Tulle.Proxy.AccessLog;
using Tulle.Proxy.Forwarding;
using Tulle.Proxy.Telemetry;
using Tulle.Transport;

namespace Tulle.Proxy.Outbound;

/// <summary>
/// A connection to one authority whose protocol is not known yet: a declared upstream, or what is inside a CONNECT. HTTP is
/// routed by request; anything else is carried as it is. Servers that speak first are not waited for.
/// </summary>
internal sealed partial class OutboundSession(Worker worker, Connection client, byte[] authority) : Session(worker, client)
{
    private DestinationState? _destination;
    private OpaqueUpstream? _upstream;

    // Milliseconds of the loop's clock until which what the session waits for may take.
    private long _dueMs;
    private bool _leaving;

    public override void Abort()
    {
        Client?.Close();
        _upstream?.Close();
        Signal();
    }

    protected override async Task ServeAsync()
    {
        try
        {
            // 1. Ask where the authority is while the client begins to speak.
            _destination = Worker.Destinations.Find(authority, out MeshError error);
            if (_destination is null) return;
            _upstream = new OpaqueUpstream(Worker, this, _destination);
            bool early = _destination.ServerSpeaksFirst || IsDeclared(Protocol.Protocol.Opaque);
            bool patient = false;
            WaitFor(Worker.Config.EarlyConnectDelay);

            // 2. Find out who speaks first, and what.
            Kind kind;
            bool serverConnected = false, serverFailed = false;
            while ((kind = Detect()) is Kind.Undecided or Kind.Silent)
            {
                if (Worker.IsDraining && !_leaving)
                {
                    // What is on its way is still served.
                    _leaving = true;
                    WaitFor(Worker.Config.DrainLinger);
                }
                // What was begun goes on whatever the client does: its time passes, and nobody else would notice.
                if (_upstream.IsConnecting || (kind == Kind.Silent && early && !MustSpeakFirst && !serverConnected && !serverFailed))
                {
                    Step step = _upstream.Connect(Client!, out error);
                    serverConnected = step == Step.Done;
                    serverFailed = step == Step.Failed;
                    // Without a server to listen to, what the client says will show what it needs.
                    if (step != Step.Wait && !_leaving) WaitFor(kind == Kind.Silent ? Worker.Config.IdleTimeout : Worker.Config.HeadTimeout);
                    if (serverFailed && (_destination.ServerSpeaksFirst || IsDeclared(Protocol.Protocol.Opaque)))
                    {
                        // Such a client may be silent for ever.
                        kind = Kind.Opaque;
                        break;
                    }
                }
                if (kind == Kind.Silent && early && MustSpeakFirst && !patient && !_leaving)
                {
                    patient = true;
                    WaitFor(Worker.Config.IdleTimeout);
                }
                if (serverConnected)
                {
                    IoStatus heard = _upstream.Receive();
                    if (heard == IoStatus.Done) _destination.ServerSpeaksFirst = true;
                    // A server that leaves without a word: its client, who may wait for one, is told by the same end.
                    if (heard != IoStatus.Wait)
                    {
                        kind = Kind.Opaque;
                        break;
                    }
                }
                SetAlarm();
                if (await this || Loop.NowMs < _dueMs || (_upstream.IsConnecting && !_leaving)) continue;
                if (early || _leaving) return;
                early = true;
                WaitFor(
                    kind == Kind.Undecided ? Worker.Config.HeadTimeout
                    : MustSpeakFirst ? Worker.Config.IdleTimeout
                    : Worker.Config.DiscoveryTimeout + Worker.Config.ConnectTimeout);
            }

            if (kind == Kind.Gone) return;
            Worker.Metrics.Connections.Count(Direction.Outbound, DetectionOf(kind));
            if (kind is Kind.Http or Kind.Http2)
            {
                _destination.StopWaiting(this);
                _destination.ServerSpeaksFirst = false;
                _upstream.Close();
                ClearDeadline();
                Connection client = HandOver();
                var origin = new OutboundOrigin(client, authority);
                if (kind == Kind.Http2) origin.ServeHttp2(Worker, client);
                else origin.ServeHttp1(Worker, client);
                return;
            }

            // 3. Opaque: connect, if that was not done, and carry bytes.
            long startMicros = Loop.NowMicros;
            if (!serverConnected)
            {
                Step step = serverFailed ? Step.Failed : Step.Wait;
                if (step == Step.Wait) WaitFor(Worker.Config.DiscoveryTimeout);
                while (step == Step.Wait && (step = _upstream.Connect(Client!, out error)) == Step.Wait)
                {
                    SetAlarm();
                    if (await this || _upstream.IsConnecting) continue;
                    error = MeshError.DiscoveryTimeout;
                    Worker.Metrics.Connections.CountTimeout(Direction.Outbound, error);
                    step = Step.Failed;
                    break;
                }
                if (step == Step.Failed)
                {
                    BeginLog(startMicros)?.Write(error, 0, 0);
                    Worker.Metrics.CountError(Direction.Outbound, MeshErrors.Of(error).Token);
                    SeriesOfFailure()?.CountError(error);
                    Client!.CloseWithReset();
                    return;
                }
            }
            ClearDeadline();
            ConnectionLog? log = BeginLog(startMicros);
            (Connection server, TrafficSeries series) = _upstream.Take();
            new RelaySession(Worker, HandOver(), server, series, Direction.Outbound, log).Start();
        }
        catch (Exception e)
        {
            Worker.ReportError(e);
        }
        finally
        {
            _destination?.StopWaiting(this);
            _upstream?.Close();
            End();
        }
    }

    private void WaitFor(TimeSpan time) => _dueMs = Loop.NowMs + (long)time.TotalMilliseconds;

    /// <summary>Sets the strand's one deadline: a connect has its own time, unless the proxy leaves.</summary>
    private void SetAlarm() => SetDeadlineAt(_leaving ? Math.Min(_dueMs, _upstream!.DueMs) : _upstream!.IsConnecting ? _upstream.DueMs : _dueMs);

    /// <summary>Says where the connection goes, as far as that is known, and what the client's TLS asks for.</summary>
    private ConnectionLog? BeginLog(long startMicros)
    {
        AccessLogModel? format = _destination!.Model is { HasAccessLog: true } model ? model.AccessLog : Worker.Config.AccessLog;
        ConnectionLog? log = ConnectionLog.Begin(Worker, format, Client!, isInbound: false, startMicros);
        if (log is null) return null;
        log.UpstreamCluster = _upstream!.Backend?.Name ?? "";
        log.UpstreamHost = _upstream.Endpoint?.Model.Key ?? "";
        log.UpstreamIdentity = _upstream.Endpoint?.Model.Identity ?? "";
        if (ClientHelloReader.Read(Client!.Received, Worker.Scratch, out ClientHello hello) == ClientHelloResult.Complete)
            log.ServerName = Encoding.ASCII.GetString(hello.ServerName);
        return log;
    }

    private TrafficSeries? SeriesOfFailure() =>
        _upstream?.Backend is { } backend ? _upstream.Endpoint is { } endpoint ? backend.Series(endpoint, -1) : backend.SeriesWithoutEndpoint
        : _destination!.Model is { Resolution: Resolution.Mesh } ? _destination.Series(-1)
        : null;
}
