using Tulle.Protocol;
using Tulle.Proxy.AccessLog;
using Tulle.Proxy.Forwarding;
using Tulle.Proxy.Telemetry;
using Tulle.Transport;

namespace Tulle.Proxy.Inbound;

/// <summary>
/// The first moments of an inbound connection: tells mesh mTLS from the application's own TLS and from plaintext, applies
/// the port's mTLS mode, and hands over to what serves it.
/// </summary>
internal sealed partial class InboundSession(Worker worker, Connection client, InboundPortState port) : Session(worker, client)
{
    private readonly InboundPortModel _policy = port.Policy;
    private Connection? _application;
    private string _peerIdentity = "";

    public override void Abort()
    {
        Client?.Close();
        _application?.Close();
        Signal();
    }

    protected override async Task ServeAsync()
    {
        try
        {
            // 1. Look at the first bytes; a client that is silent may wait for the server to speak.
            Kind kind;
            // Where the port is known to be opaque, or its server spoke first the last time, the application is connected at once; but a mesh
            // client's hello may be a moment behind its connection, and what the server says in plaintext would end its handshake.
            bool hasty = _policy.Protocol == Protocol.Protocol.Opaque || port.ServerSpeaksFirst;
            SetDeadline(hasty ? TimeSpan.Zero : Worker.Config.EarlyConnectDelay);
            bool early = false, leaving = false;
            bool listening = !hasty || _policy.Mode == MtlsMode.MtlsDisable || Worker.Tls is null;
            while ((kind = Detect()) is Kind.Undecided or Kind.Silent)
            {
                if (listening && _application is not null && Listen(_application) is var heard && heard != IoStatus.Wait)
                {
                    // Also where the application leaves without a word, or is not there: a client that waits for one is told.
                    kind = Kind.Opaque;
                    if (heard == IoStatus.Done) port.ServerSpeaksFirst = true;
                    break;
                }
                if (Worker.IsDraining && !leaving)
                {
                    // What is on its way is still served.
                    leaving = early = listening = true;
                    SetDeadline(Worker.Config.DrainLinger);
                }
                if (await this) continue;
                // A client that has begun to speak gets the time that a request's head gets; a silent one may wait for the server.
                if (early && listening) return;
                bool isHttp = _policy.Protocol is Protocol.Protocol.Http1 or Protocol.Protocol.Http2;
                bool mayHearServer = kind == Kind.Silent && _policy.Mode != MtlsMode.MtlsStrict && !isHttp;
                // Under STRICT a plaintext client gets nothing, so the application is not bothered either.
                if (mayHearServer && !early) _application = port.Application.Connect(this, Pooling.TlsPurpose.Opaque, out _);
                bool awaitsHello = !early && !listening && mayHearServer;
                listening = !awaitsHello;
                early = true;
                SetDeadline(
                    awaitsHello ? Worker.Config.EarlyConnectDelay
                    : mayHearServer || (isHttp && kind == Kind.Silent) ? Worker.Config.IdleTimeout : Worker.Config.HeadTimeout);
            }
            if (kind == Kind.Refused) return;

            // 2. Mesh mTLS: who is it, and what does it carry?
            if (kind == Kind.Mesh)
            {
                Client!.StartTls(Worker.Tls!.NewServer());
                SetDeadline(Worker.Config.HeadTimeout);
                IoStatus shaken;
                while ((shaken = Client.Handshake()) == IoStatus.Wait)
                {
                    if (!await this) return;
                }
                bool trusted = shaken == IoStatus.Done && Worker.Tls.IsMember(Client.Tls!.PeerIdentity);
                Worker.Metrics.Connections.Count(
                    Direction.Inbound, trusted ? HandshakeResult.Ok : shaken == IoStatus.Done ? HandshakeResult.WrongIdentity : HandshakeResult.Failed);
                if (!trusted)
                {
                    CountError(MeshError.TlsFailed);
                    return;
                }
                _peerIdentity = Client.Tls!.PeerIdentity!;
                kind = Client.Tls.Protocol switch
                {
                    ProtocolNames.AlpnHttp1 => Kind.Http,
                    ProtocolNames.AlpnHttp2 => Kind.Http2,
                    _ => Kind.Opaque,
                };
            }

            Worker.Metrics.Connections.Count(Direction.Inbound, DetectionOf(kind));
            if (kind is Kind.Http or Kind.Http2)
            {
                if (_application is not null) port.Application.ReturnIdle(_application);
                _application = null;
                ClearDeadline();
                Connection client = HandOver();
                var origin = new InboundOrigin(Worker, client, port, _peerIdentity);
                if (kind == Kind.Http2) origin.ServeHttp2(Worker, client);
                else origin.ServeHttp1(Worker, client);
                return;
            }

            // 3. Opaque: connect to the application, then carry bytes.
            if (_policy.Mode == MtlsMode.MtlsStrict) Worker.Metrics.Connections.CountStrict(allowed: true);
            AccessLogModel? format = _policy.HasAccessLog ? _policy.AccessLog : Worker.Config.AccessLog;
            ConnectionLog? log = ConnectionLog.Begin(Worker, format, Client!, isInbound: true, Loop.NowMicros);
            if (log is not null)
            {
                log.UpstreamCluster = "application";
                log.UpstreamHost = port.Application.Key;
                log.DownstreamIdentity = _peerIdentity;
            }
            if (_application is null)
            {
                _application = port.Application.Connect(this, Pooling.TlsPurpose.Opaque, out _);
                SetDeadline(Worker.Config.ConnectTimeout);
            }
            IoStatus connected = IoStatus.Failed;
            while (_application is not null && (connected = _application.FinishConnect()) == IoStatus.Wait)
            {
                if (!await this) break;
            }
            if (connected != IoStatus.Done)
            {
                log?.Write(MeshError.ConnectFailed, 0, 0);
                CountError(MeshError.ConnectFailed);
                Client!.CloseWithReset();
                return;
            }
            ClearDeadline();
            Connection application = _application!;
            _application = null;
            new RelaySession(Worker, HandOver(), application, Series(), Direction.Inbound, log).Start();
        }
        catch (Exception e)
        {
            Worker.ReportError(e);
        }
        finally
        {
            _application?.Close();
            End();
        }
    }

    private void CountError(MeshError error)
    {
        Worker.Metrics.CountError(Direction.Inbound, MeshErrors.Of(error).Token);
        Series().CountError(error);
    }

    private TrafficSeries Series() => Worker.Metrics.Series(new SeriesKey(
        Direction.Inbound,
        _peerIdentity,
        PeerWorkload: "",
        _policy.ServiceNamespace,
        _policy.ServiceName,
        _policy.ServicePort,
        Backend: "",
        Route: "",
        Tls: _peerIdentity.Length > 0));
}
