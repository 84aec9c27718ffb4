using Tulle.Http;
using Tulle.Http.Http1;
using Tulle.Protocol;
using Tulle.Proxy.AccessLog;
using Tulle.Proxy.Balancing;
using Tulle.Proxy.Forwarding;
using Tulle.Proxy.Pooling;
using Tulle.Transport;

namespace Tulle.Proxy.Outbound;

/// <summary>
/// A CONNECT (RFC 9110 §9.3.6). To a service of the mesh it is a connection like a captured one: what is inside is
/// detected and routed. To anything else it is a blind tunnel, and the 200 says that the tunnel is up.
/// </summary>
internal sealed class ConnectSession(Worker worker, Connection client, byte[] authority) : Session(worker, client)
{
    private Connection? _server;

    public override void Abort()
    {
        Client?.CloseWithReset();
        _server?.CloseWithReset();
        Signal();
    }

    protected override async Task ServeAsync()
    {
        DestinationState? destination = null;
        try
        {
            // 1. Is it the mesh's?
            destination = Worker.Destinations.Find(authority, out MeshError error);
            SetDeadline(Worker.Config.DiscoveryTimeout);
            Step step = Step.Failed;
            while (destination is not null && (step = Await(destination, out error)) == Step.Wait)
            {
                if (await this) continue;
                error = MeshError.DiscoveryTimeout;
                Worker.Metrics.Connections.CountTimeout(Direction.Outbound, error);
                break;
            }
            if (step == Step.Done && IsMesh(destination!))
            {
                if (!Client!.WriteAll(LocalResponse.ConnectEstablished)) return;
                ClearDeadline();
                new OutboundSession(Worker, HandOver(), authority).Start();
                return;
            }

            // 2. A blind tunnel.
            ConnectionLog? log = ConnectionLog.Begin(
                Worker, destination?.Model is { HasAccessLog: true } model ? model.AccessLog : Worker.Config.AccessLog, Client!, isInbound: false, Loop.NowMicros);
            BackendState? backend = null;
            Candidate? target = null;
            if (step == Step.Done)
            {
                backend = destination!.External.Backend;
                target = backend?.Pick(default, out _);
                step = Connect(target?.State, ref error);
                SetDeadline(Worker.Config.ConnectTimeout);
                while (step == Step.Wait && (step = Finish(target!.State, out error)) == Step.Wait)
                {
                    if (await this) continue;
                    error = MeshError.ConnectTimeout;
                    Worker.Metrics.Connections.CountTimeout(Direction.Outbound, error);
                    break;
                }
            }
            if (log is not null)
            {
                log.UpstreamCluster = backend?.Name ?? "";
                log.UpstreamHost = target?.State.Model.Key ?? "";
            }
            if (step == Step.Done)
            {
                if (!Client!.WriteAll(LocalResponse.ConnectEstablished)) return;
                ClearDeadline();
                Connection server = _server!;
                _server = null;
                new RelaySession(Worker, HandOver(), server, backend!.Series(target!.State, -1), Direction.Outbound, log).Start();
                return;
            }

            // 3. Say why not.
            log?.Write(error, 0, 0);
            Answer(error);
            SetDeadline(Worker.Config.ConnectTimeout);
            while (Client!.Flush() == IoStatus.Wait)
            {
                if (!await this) return;
            }
        }
        catch (Exception e)
        {
            Worker.ReportError(e);
        }
        finally
        {
            destination?.StopWaiting(this);
            _server?.Close();
            End();
        }
    }

    /// <summary>What is inside decides where it goes.</summary>
    private static bool IsMesh(DestinationState destination) =>
        destination.Model is { } model && (model.Resolution == Resolution.Mesh || model.ConnectionRoutes.Count > 0);

    private Step Await(DestinationState destination, out MeshError error)
    {
        Step known = destination.AwaitModel(this, out error);
        return known == Step.Done && !IsMesh(destination) ? destination.Await(this, out error) : known;
    }

    private Step Connect(EndpointState? target, ref MeshError error)
    {
        EndpointPool? pool = target is null ? null : EndpointPool.Of(Worker, target);
        if (pool is null || pool.IsSelf)
        {
            error = pool is null ? MeshError.NameNotFound : MeshError.LoopDetected;
            return Step.Failed;
        }
        _server = pool.Connect(this, TlsPurpose.Opaque, out error);
        return _server is null ? Step.Failed : Step.Wait;
    }

    private Step Finish(EndpointState target, out MeshError error) => EndpointPool.Of(Worker, target).FinishConnect(_server!, out error) switch
    {
        IoStatus.Done => Step.Done,
        IoStatus.Wait => Step.Wait,
        _ => Step.Failed,
    };

    private void Answer(MeshError error)
    {
        MeshErrorModel model = MeshErrors.Of(error);
        Worker.Metrics.CountError(Direction.Outbound, model.Token);
        if (LocalResponse.TryWriteError(
            Worker.Scratch, model.Status, ProtocolNames.ErrorHeaderBytes, model.TokenBytes, model.TextBytes, close: true, KnownMethod.Connect, out int length))
        {
            _ = Client!.WriteAll(Worker.Scratch[..length]);
        }
    }
}
