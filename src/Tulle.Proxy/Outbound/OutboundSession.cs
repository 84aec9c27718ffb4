using System.Text;
using Tulle.Http.Detection;
using Tulle.Protocol;
using Tulle.Proxy.AccessLog;
using Tulle.Proxy.Balancing;
using Tulle.Proxy.Forwarding;
using Tulle.Proxy.Pooling;
using Tulle.Proxy.Resilience;
using Tulle.Proxy.Telemetry;
using Tulle.Transport;

namespace Tulle.Proxy.Outbound;

/// <summary>
/// A connection to one authority whose protocol is not known yet: a declared upstream, or what is inside a CONNECT. HTTP is
/// routed by request; anything else is carried as it is. Servers that speak first are not waited for.
/// </summary>
internal sealed class OutboundSession(Worker worker, Connection client, byte[] authority) : Session(worker, client)
{
    private DestinationState? _destination;
    private BackendState? _backend;
    private Candidate? _target;
    private bool _isProbe;

    // What the client's TLS asks for, where that decides.
    private bool _isTls;
    private byte[] _serverName = [];

    // An endpoint was picked, and it was not yet told how connecting to it went.
    private bool _isUnreported;
    private Connection? _server;

    private enum Kind
    {
        Undecided,
        Silent,
        Http,
        Http2,
        Opaque,
        Gone,
    }

    public override void Abort()
    {
        Client?.Close();
        _server?.Close();
        Signal();
    }

    protected override async Task ServeAsync()
    {
        try
        {
            // 1. Ask where the authority is while the client begins to speak.
            _destination = Worker.Destinations.Find(authority, out MeshError error);
            if (_destination is null) return;
            bool early = _destination.ServerSpeaksFirst || IsDeclared(Protocol.Protocol.Opaque);
            bool leaving = false, patient = false;
            SetDeadline(Worker.Config.EarlyConnectDelay);

            // 2. Find out who speaks first, and what.
            Kind kind;
            bool serverConnected = false, serverFailed = false;
            while ((kind = Detect()) is Kind.Undecided or Kind.Silent)
            {
                if (Worker.IsDraining && !leaving)
                {
                    // What is on its way is still served.
                    leaving = true;
                    SetDeadline(Worker.Config.DrainLinger);
                }
                if (kind == Kind.Silent && early && !MustSpeakFirst && !serverConnected && !serverFailed)
                {
                    Step step = ConnectOpaque(out error);
                    serverConnected = step == Step.Done;
                    serverFailed = step == Step.Failed;
                    // Without a server to listen to, what the client says will show what it needs.
                    if (step != Step.Wait) SetDeadline(Worker.Config.IdleTimeout);
                    if (serverFailed && (_destination.ServerSpeaksFirst || IsDeclared(Protocol.Protocol.Opaque)))
                    {
                        // Such a client may be silent for ever: another endpoint, or the end.
                        kind = Kind.Opaque;
                        break;
                    }
                }
                if (kind == Kind.Silent && early && MustSpeakFirst && !patient && !leaving)
                {
                    patient = true;
                    SetDeadline(Worker.Config.IdleTimeout);
                }
                if (serverConnected)
                {
                    IoStatus heard = _server!.Receive();
                    if (heard == IoStatus.Done) _destination.ServerSpeaksFirst = true;
                    // A server that leaves without a word: its client, who may wait for one, is told by the same end.
                    if (heard != IoStatus.Wait)
                    {
                        kind = Kind.Opaque;
                        break;
                    }
                }
                if (await this) continue;
                if (early || leaving) return;
                early = true;
                SetDeadline(
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
                CloseServer();
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
                if (serverFailed) CloseServer();
                SetDeadline(Worker.Config.DiscoveryTimeout + Worker.Config.ConnectTimeout);
                Step step;
                while ((step = ConnectOpaque(out error)) == Step.Wait)
                {
                    if (await this) continue;
                    error = MeshError.ConnectTimeout;
                    Worker.Metrics.Connections.CountTimeout(Direction.Outbound, error);
                    Report(error);
                    step = Step.Failed;
                    break;
                }
                if (step == Step.Failed)
                {
                    BeginLog(startMicros)?.Write(error, 0, 0);
                    Worker.Metrics.CountError(Direction.Outbound, MeshErrors.Of(error).Token);
                    Client!.CloseWithReset();
                    return;
                }
            }
            ClearDeadline();
            ConnectionLog? log = BeginLog(startMicros);
            Connection server = _server!;
            _server = null;
            new RelaySession(Worker, HandOver(), server, _backend!.Series(_target!.State, -1), Direction.Outbound, log).Start();
        }
        catch (Exception e)
        {
            Worker.ReportError(e);
        }
        finally
        {
            _destination?.StopWaiting(this);
            CloseServer();
            End();
        }
    }

    private DetectionResult DetectionOf(Kind kind) => kind switch
    {
        Kind.Http => DetectionResult.Http1,
        Kind.Http2 => DetectionResult.Http2,
        _ when Client!.Received.IsEmpty => DetectionResult.ServerFirst,
        _ => ProtocolDetector.Detect(Client.Received) == DetectedProtocol.Tls ? DetectionResult.Tls : DetectionResult.Opaque,
    };

    private Kind Detect()
    {
        Connection client = Client!;
        while (true)
        {
            bool any = !client.Received.IsEmpty;
            if (any)
            {
                switch (ProtocolDetector.Detect(client.Received))
                {
                    case DetectedProtocol.NeedMore:
                        break;
                    case DetectedProtocol.Http1:
                        return IsDeclared(Protocol.Protocol.Opaque) ? Kind.Opaque : Kind.Http;
                    case DetectedProtocol.Http2:
                        return IsDeclared(Protocol.Protocol.Opaque) ? Kind.Opaque : Kind.Http2;
                    default:
                        return Kind.Opaque;
                }
            }
            switch (client.Receive())
            {
                case IoStatus.Done:
                    continue;
                case IoStatus.Wait:
                    return any ? Kind.Undecided : Kind.Silent;
                case IoStatus.Full:
                    return Kind.Opaque;
                case IoStatus.End when any:
                    return Kind.Opaque;
                default:
                    return Kind.Gone;
            }
        }
    }

    /// <summary>Goes on with connecting for an opaque stream, from discovery to TLS.</summary>
    private Step ConnectOpaque(out MeshError error)
    {
        if (_server is null)
        {
            Step known = _destination!.AwaitModel(this, out error);
            if (known != Step.Done) return known;
            if (_destination.Model!.NeedsServerName && ServerName.Read(Client!, Worker.Scratch, out _isTls, out _serverName) == Step.Wait) return Step.Wait;
            if (_destination.Model.Resolution == Resolution.NotFound && !_destination.Model.RoutesConnection(_isTls, _serverName))
            {
                known = _destination.Await(this, out error);
                if (known != Step.Done) return known;
                _backend = _destination.External.Backend;
            }
            else
            {
                int index = _destination.Model.PickConnectionBackend(_isTls, _serverName, Worker.Random);
                _backend = index < 0 ? null : _destination.Backends[index];
            }
            _target = _backend?.Pick(default, out _isProbe);
            _isUnreported = _target is not null;
            if (_target is null)
            {
                error = _backend is null ? MeshError.NoBackend : _backend.HasEndpoints ? MeshError.NoHealthyEndpoints : MeshError.NoEndpoints;
                return Step.Failed;
            }
            EndpointPool pool = _backend!.PoolOf(_target);
            if (pool.IsSelf)
            {
                error = MeshError.LoopDetected;
                return Step.Failed;
            }
            _server = pool.Connect(this, TlsPurpose.Opaque, out error);
            if (_server is null) return Step.Failed;
        }
        IoStatus connected = _backend!.PoolOf(_target!).FinishConnect(_server, out error);
        if (connected == IoStatus.Wait) return Step.Wait;
        Report(error);
        return connected == IoStatus.Done ? Step.Done : Step.Failed;
    }

    /// <summary>Says where the connection goes, as far as that is known, and what the client's TLS asks for.</summary>
    private ConnectionLog? BeginLog(long startMicros)
    {
        AccessLogModel? format = _destination!.Model is { HasAccessLog: true } model ? model.AccessLog : Worker.Config.AccessLog;
        ConnectionLog? log = ConnectionLog.Begin(Worker, format, Client!, isInbound: false, startMicros);
        if (log is null) return null;
        log.UpstreamCluster = _backend?.Name ?? "";
        log.UpstreamHost = _target?.State.Model.Key ?? "";
        log.UpstreamIdentity = _target?.State.Model.Identity ?? "";
        if (ClientHelloReader.Read(Client!.Received, Worker.Scratch, out ClientHello hello) == ClientHelloResult.Complete)
            log.ServerName = Encoding.ASCII.GetString(hello.ServerName);
        return log;
    }

    private bool IsDeclared(Protocol.Protocol protocol) => _destination!.Model is { } model && model.Protocol == protocol;

    /// <summary>Whoever waits for HTTP, or for a server name, waits for the client.</summary>
    private bool MustSpeakFirst => IsDeclared(Protocol.Protocol.Http1) || IsDeclared(Protocol.Protocol.Http2) || _destination!.Model is { NeedsServerName: true };

    private void Report(MeshError error)
    {
        if (!_isUnreported) return;
        _isUnreported = false;
        _backend!.ObserveConnect(_target!, error, _isProbe);
    }

    private void CloseServer()
    {
        // Nobody waited for it to the end: that says nothing, but a probe must not stay under way.
        if (_isUnreported) _backend!.Observe(_target!, AttemptResult.Unknown, 0, AttemptOutcome.NoGrpcStatus, _isProbe);
        _isUnreported = false;
        _server?.Close();
        _server = null;
    }
}
