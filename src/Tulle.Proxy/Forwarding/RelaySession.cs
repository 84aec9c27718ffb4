using Tulle.Protocol;
using Tulle.Proxy.AccessLog;
using Tulle.Proxy.Telemetry;
using Tulle.Transport;

namespace Tulle.Proxy.Forwarding;

/// <summary>Carries an opaque connection, or what became of an upgraded one, between two connected sockets until both sides are done.</summary>
internal sealed class RelaySession(
    Worker worker, Connection client, Connection server, TrafficSeries? series, Direction direction, ConnectionLog? log = null, bool isHttp = false) : Session(worker, client)
{
    private const int BytesPerTurn = 256 * 1024;

    private readonly TrafficSeries? _series = series;
    private readonly bool _isOpaque = series is not null && !isHttp;
    private readonly bool _outbound = direction == Direction.Outbound;
    private Connection? _server = server;
    private MeshError _error;
    private ByteRelay _up;
    private ByteRelay _down;

    public override void Abort()
    {
        // Neither side may take a stream that was cut for one that has ended.
        Client?.CloseWithReset();
        _server?.CloseWithReset();
        Signal();
    }

    protected override async Task ServeAsync()
    {
        try
        {
            _server!.Owner = this;
            // Outbound connections are counted by their endpoint's pool.
            if (_series is not null && !_outbound)
            {
                _series.OpenConnections++;
                _series.ConnectionsOpened++;
            }
            if (_isOpaque) _series!.TcpOpened++;
            Step step;
            do
            {
                SetDeadline(Worker.Config.OpaqueIdleTimeout);
                step = Relay();
            }
            while (step == Step.Wait && await this);
            // A reset on one side becomes a reset on the other, never an end that looks regular.
            if (step == Step.Failed)
            {
                _error = _server.IsBroken ? MeshError.UpstreamReset : MeshError.ClientGone;
                Client!.CloseWithReset();
                _server.CloseWithReset();
            }
        }
        catch (Exception e)
        {
            Worker.ReportError(e);
        }
        finally
        {
            if (_series is not null && !_outbound) _series.OpenConnections--;
            if (_isOpaque) _series!.TcpClosed++;
            log?.Write(_error, _up.Bytes, _down.Bytes);
            _server?.Close();
            _server = null;
            End();
        }
    }

    private Step Relay()
    {
        int budget = BytesPerTurn;
        long before = _up.Bytes, beforeDown = _down.Bytes;
        Step up = _up.Run(Client!, _server!, ref budget);
        Step down = up == Step.Failed ? Step.Failed : _down.Run(_server!, Client!, ref budget);
        Count(_up.Bytes - before, _down.Bytes - beforeDown);
        if (up == Step.Failed || down == Step.Failed) return Step.Failed;
        if (_up.IsComplete && _down.IsComplete) return Step.Done;
        if (budget <= 0) Yield();
        return Step.Wait;
    }

    private void Count(long up, long down)
    {
        if (_series is null) return;
        if (_isOpaque)
        {
            _series.TcpFromClient += up;
            _series.TcpToClient += down;
        }
        _series.BytesSent += _outbound ? up : down;
        _series.BytesReceived += _outbound ? down : up;
    }
}
