using System.Net;
using Tulle.Proxy.Forwarding;
using Tulle.Transport;

namespace Tulle.Proxy.AccessLog;

/// <summary>
/// The access log's line of a connection that is carried as it is, written at its end. Made once per connection, and only where its
/// format is on. Loop thread only.
/// </summary>
internal sealed class ConnectionLog
{
    private readonly Worker _worker;
    private readonly AccessLogModel _format;
    private readonly bool _isInbound;
    private readonly DateTimeOffset _start;
    private readonly long _startMicros;
    private readonly IPEndPoint _local;
    private readonly IPEndPoint _remote;

    private ConnectionLog(Worker worker, AccessLogModel format, Connection client, bool isInbound, long startMicros)
    {
        _worker = worker;
        _format = format;
        _isInbound = isInbound;
        _startMicros = startMicros;
        _start = worker.AccessLog.Now - TimeSpan.FromMicroseconds(worker.Loop.NowMicros - startMicros);
        // Asked now: a socket that has broken does not tell any more.
        _local = client.LocalEndPoint;
        _remote = client.PeerEndPoint;
    }

    /// <summary>Where it goes: address:port; empty before that is known.</summary>
    public string UpstreamHost { get; set; } = "";

    public string UpstreamCluster { get; set; } = "";

    public string UpstreamIdentity { get; set; } = "";

    public string DownstreamIdentity { get; set; } = "";

    /// <summary>What the client's own TLS asked for.</summary>
    public string ServerName { get; set; } = "";

    /// <summary>Null when the log is off.</summary>
    /// <param name="startMicros">Of the loop's clock, when it became clear that the connection is carried as it is.</param>
    public static ConnectionLog? Begin(Worker worker, AccessLogModel? format, Connection client, bool isInbound, long startMicros) =>
        format is null ? null : new ConnectionLog(worker, format, client, isInbound, startMicros);

    /// <summary>The connection is over.</summary>
    /// <param name="error">What ended it; <see cref="MeshError.None"/> when its peers did.</param>
    /// <param name="received">Bytes from the client.</param>
    /// <param name="sent">Bytes to the client.</param>
    public void Write(MeshError error, long received, long sent)
    {
        MeshErrorModel? model = error == MeshError.None ? null : MeshErrors.Of(error);
        var entry = new AccessLogEntry
        {
            IsInbound = _isInbound,
            Start = _start,
            DurationMicros = _worker.Loop.NowMicros - _startMicros,
            ResponseMicros = -1,
            UpstreamMicros = -1,
            Flags = model?.Flag ?? ResponseFlags.None,
            Error = model,
            BytesReceived = received,
            BytesSent = sent,
            UpstreamHost = UpstreamHost,
            UpstreamCluster = UpstreamCluster,
            UpstreamIdentity = UpstreamIdentity,
            DownstreamIdentity = DownstreamIdentity,
            DownstreamLocal = _local,
            DownstreamRemote = _remote,
            ServerName = ServerName,
            GrpcStatus = -1,
        };
        _worker.AccessLog.Write(_format, entry, _worker.Scratch);
    }
}
