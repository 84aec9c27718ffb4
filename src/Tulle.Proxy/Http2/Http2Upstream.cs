using Tulle.Http;
using Tulle.Http.Http2;
using Tulle.Proxy.Forwarding;
using Tulle.Proxy.Pooling;
using Tulle.Transport;

namespace Tulle.Proxy.Http2;

/// <summary>One attempt at a server that speaks HTTP/2: one stream of a shared connection.</summary>
internal sealed class Http2Upstream(Worker worker) : Upstream
{
    private readonly Http2Channel _channel = new(worker);
    private EndpointPool _pool = null!;
    private Http2ClientConnection? _connection;
    private KnownMethod _method;
    private bool _reused;
    private bool _connects;
    private long _contentBytes;

    public override bool IsHttp1 => false;

    public override bool IsReused => _reused;

    public override bool IsMeshed => _pool.Identity.Length > 0;

    public override bool HasUnsent => false;

    public override ResponseView Response => Head.AsResponse();

    public override int Status => Head.Status;

    public override bool IsInterim => Head.IsInterim;

    public override bool SwitchesProtocol => _connects && Head.Status is >= 200 and < 300;

    public override long ContentLength => Head.ContentLength;

    public override bool HasBody => _method != KnownMethod.Head && Head.Status is not (204 or 304);

    public override ReadOnlySpan<byte> Body => _channel.Body.Unread;

    public override bool BodyEnded => _channel.Ended && _channel.Body.Unread.IsEmpty;

    public override FieldsView Trailers => _channel.Stream is { HasTrailers: true } stream ? stream.Trailers.Fields : default;

    public override long ContentBytes => _contentBytes;

    // Without a stream nothing was sent; REFUSED_STREAM and GOAWAY say it (RFC 9113 §8.7).
    public override bool NotProcessed => _channel.Stream is null or { WasNotProcessed: true };

    public override bool IsSilent => _channel.Stream is not { } stream || (stream.Head.Status == 0 && stream.ReceivedBytes == 0);

    private Http2Head Head => _channel.Stream!.Head;

    private Http2Connection Codec => _channel.Link!.Codec;

    /// <summary>Begins an attempt.</summary>
    public void Attach(EndpointPool pool, HttpSession session, Http2ClientConnection connection)
    {
        _pool = pool;
        Session = session;
        _channel.Strand = session;
        _method = session.Method;
        _connects = false;
        _contentBytes = 0;
        BytesWritten = 0;
        Join(connection);
    }

    public override Step FinishConnect(out MeshError error)
    {
        error = MeshError.None;
        if (_channel.Stream is not null) return Step.Done;
        while (true)
        {
            Http2ClientConnection connection = _connection!;
            if (connection.Link!.IsLost)
            {
                error = connection.Error == MeshError.None ? MeshError.ConnectFailed : connection.Error;
                return Step.Failed;
            }
            if (!connection.IsUp) return Step.Wait;
            if (!Session!.Downstream.UpgradeProtocol.IsEmpty)
            {
                // RFC 8441 §3: only a server that has said so takes an extended CONNECT. A GET may go without its upgrade.
                if (!connection.Link.Codec.IsEstablished) return Step.Wait;
                if (!connection.Link.Codec.Peer.EnableConnectProtocol && Session.Downstream.Request.MethodId == KnownMethod.Connect)
                {
                    error = MeshError.NotSupported;
                    return Step.Failed;
                }
            }
            if (connection.Link.Codec.TryOpen() is { } stream)
            {
                _channel.Open(stream);
                connection.IsUsed = true;
                return Step.Done;
            }
            // The server allows fewer streams than were waiting for it to come up.
            _channel.Detach(Http2ErrorCode.Cancel);
            Http2ClientConnection? other = _pool.PickHttp2(out error);
            if (other is null) return Step.Failed;
            Join(other);
        }
    }

    public override MeshError WriteHead(Downstream request, in HeadEdits edits)
    {
        if (_channel.IsBroken) return MeshError.None;
        RequestView view = request.Request;
        ReadOnlySpan<byte> upgrade = request.UpgradeProtocol;
        if (!upgrade.IsEmpty && !Codec.Peer.EnableConnectProtocol) upgrade = default;
        bool connect = view.MethodId == KnownMethod.Connect && upgrade.IsEmpty;
        _connects = connect || !upgrade.IsEmpty;
        Codec.BeginRequest(
            _channel.Stream!,
            upgrade.IsEmpty ? view.Method : "CONNECT"u8,
            connect ? default : view.Scheme,
            edits.Authority.IsEmpty ? view.Authority : edits.Authority,
            connect ? default : TargetOf(view, edits),
            upgrade);
        Http2Fields.Write(Codec, view.Fields, edits);
        Codec.EndHead(_channel.Stream!, endStream: false);
        ReadOnlySpan<byte> body = request.Body;
        if (!body.IsEmpty)
        {
            int n = Write(body);
            if (n > 0) request.ConsumeBody(n);
        }
        _channel.Link!.ScheduleFlush();
        return MeshError.None;
    }

    public override int Write(ReadOnlySpan<byte> bytes)
    {
        int n = _channel.Write(bytes);
        if (n > 0) BytesWritten += n;
        return n;
    }

    public override bool End(in FieldsView trailers) => _channel.End(trailers);

    public override IoStatus Flush() => IoStatus.Done;

    public override Step ReadHead(out MeshError error)
    {
        error = MeshError.None;
        if (_channel.HeadArrived)
        {
            _channel.HeadArrived = false;
            return Step.Done;
        }
        return Unless(_channel.IsBroken, out error);
    }

    public override void BeginBody(bool framed)
    {
    }

    public override void ConsumeBody(int count)
    {
        _contentBytes += count;
        _channel.Read(count, keep: false);
    }

    public override Step FillBody(out MeshError error)
    {
        error = MeshError.None;
        if (!_channel.Body.Unread.IsEmpty || _channel.Ended) return Step.Done;
        return Unless(_channel.IsBroken, out error);
    }

    public override void Release(bool completed)
    {
        _channel.Detach(Http2ErrorCode.Cancel);
        _connection = null;
        Session = null;
        _channel.Strand = null;
        worker.Http2Upstreams.Return(this);
    }

    public override void Abort() => _channel.Detach(Http2ErrorCode.Cancel);

    public override Connection? TakeConnection() => null;

    private void Join(Http2ClientConnection connection)
    {
        _connection = connection;
        _reused = connection.IsUsed;
        _channel.Attach(connection.Link!);
        connection.OnJoined();
    }

    private Step Unless(bool broken, out MeshError error)
    {
        error = MeshError.None;
        if (!broken) return Step.Wait;
        error = _channel.Stream is not { IsReset: true } stream ? MeshError.UpstreamReset
            : stream.WasNotProcessed ? MeshError.StreamRefused
            : stream.Error.Kind == Http2ErrorKind.ResetByPeer ? MeshError.StreamReset
            : MeshError.UpstreamHttp2;
        return Step.Failed;
    }

    private ReadOnlySpan<byte> TargetOf(in RequestView view, in HeadEdits edits)
    {
        if (!edits.Target.IsEmpty) return edits.Target;
        if (!view.HasQuery) return view.Path;
        Span<byte> target = worker.Scratch[..(view.Path.Length + 1 + view.Query.Length)];
        view.Path.CopyTo(target);
        target[view.Path.Length] = (byte)'?';
        view.Query.CopyTo(target[(view.Path.Length + 1)..]);
        return target;
    }
}
