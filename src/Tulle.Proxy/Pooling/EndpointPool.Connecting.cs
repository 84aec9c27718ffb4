using Tulle.Protocol;
using Tulle.Proxy.Forwarding;
using Tulle.Proxy.Telemetry;
using Tulle.Transport;
using Tulle.Transport.Tls;

namespace Tulle.Proxy.Pooling;

// How a connection comes about: within the backend's limit, TCP, TLS, and the right identity on the other side.
internal sealed partial class EndpointPool
{
    /// <summary>How long a connect may take.</summary>
    public TimeSpan ConnectTimeout => Limits is { Model.ConnectTimeoutMicros: > 0 and var own } ? TimeSpan.FromMicroseconds(own) : _worker.Config.ConnectTimeout;

    /// <summary>Begins a new connection; null when the system or the mesh refuses.</summary>
    public Connection? Connect(IConnectionOwner owner, TlsPurpose purpose, out MeshError error)
    {
        error = MeshError.None;
        TlsSession? session = null;
        if (Identity.Length > 0)
        {
            session = _worker.NewClientSession(purpose);
            if (session is null)
            {
                _worker.Metrics.Connections.Count(Direction.Outbound, HandshakeResult.NoCertificate);
                error = MeshError.NoCertificate;
                return null;
            }
        }
        if (Limits is not null && !Limits.TryOpenConnection())
        {
            session?.Dispose();
            error = MeshError.TooManyConnections;
            return null;
        }
        Connection? connection = Connection.Connect(_worker.Loop, _address, owner, _source);
        if (connection is null)
        {
            Limits?.OnConnectionClosed();
            session?.Dispose();
            error = MeshError.ConnectFailed;
            return null;
        }
        connection.PendingTls = session;
        connection.OpenedMs = _worker.Loop.NowMs;
        if (Limits?.Model.Keepalive is { } keepalive) connection.SetKeepalive(keepalive.Probes, keepalive.TimeSeconds, keepalive.IntervalSeconds);
        if (Series is not null)
        {
            Series.OpenConnections++;
            Series.ConnectionsOpened++;
        }
        if (Series is not null || Limits is not null) connection.Observer = this;
        return connection;
    }

    /// <inheritdoc/>
    public void OnClosed()
    {
        if (Series is not null) Series.OpenConnections--;
        Limits?.OnConnectionClosed();
    }

    /// <summary>Goes on with a connection that <see cref="Connect"/> began: TCP, then TLS, then whether it is whom we expect.</summary>
    public IoStatus FinishConnect(Connection connection, out MeshError error)
    {
        error = MeshError.None;
        if (connection.Tls is null)
        {
            IoStatus connected = connection.FinishConnect();
            if (connected == IoStatus.Failed) error = MeshError.ConnectFailed;
            if (connected != IoStatus.Done) return connected;
            if (Identity.Length == 0) return IoStatus.Done;
            connection.StartTls(connection.PendingTls!);
            connection.PendingTls = null;
        }

        IoStatus shaken = connection.Handshake();
        if (shaken == IoStatus.Wait) return shaken;
        if (shaken != IoStatus.Done) error = MeshError.TlsFailed;
        else if (connection.Tls!.PeerIdentity != Identity) error = MeshError.IdentityMismatch;
        _worker.Metrics.Connections.Count(Direction.Outbound, error switch
        {
            MeshError.None => HandshakeResult.Ok,
            MeshError.TlsFailed => HandshakeResult.Failed,
            _ => HandshakeResult.WrongIdentity,
        });
        return error == MeshError.None ? IoStatus.Done : IoStatus.Failed;
    }
}
