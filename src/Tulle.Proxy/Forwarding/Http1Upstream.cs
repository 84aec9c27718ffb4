using Tulle.Http;
using Tulle.Http.Http1;
using Tulle.Proxy.Pooling;
using Tulle.Transport;

namespace Tulle.Proxy.Forwarding;

/// <summary>One attempt at a server that speaks HTTP/1.x, on a connection of its own.</summary>
internal sealed partial class Http1Upstream(Worker worker) : Upstream
{
    private EndpointPool _pool = null!;
    private Connection _server = null!;
    private bool _reused;
    private bool _chunks;
    private bool _requestEnded;
    private bool _isTunnel;

    public override bool IsHttp1 => true;

    public override bool IsReused => _reused;

    public override bool IsMeshed => _pool.Identity.Length > 0;

    public override bool HasUnsent => _server.HasUnsent;

    /// <summary>Begins an attempt.</summary>
    /// <param name="server">A connection that is up when <paramref name="reused"/>, else one under way.</param>
    public void Attach(EndpointPool pool, HttpSession session, Connection server, bool reused)
    {
        _pool = pool;
        _server = server;
        _reused = reused;
        _chunks = false;
        _requestEnded = false;
        _isTunnel = false;
        _interims = 0;
        Session = session;
        BytesWritten = 0;
        ResetResponse(session.Method);
    }

    public override Step FinishConnect(out MeshError error)
    {
        error = MeshError.None;
        if (_reused) return Step.Done;
        return _pool.FinishConnect(_server, out error) switch
        {
            IoStatus.Done => Step.Done,
            IoStatus.Wait => Step.Wait,
            _ => Step.Failed,
        };
    }

    public override MeshError WriteHead(Downstream request, in HeadEdits edits)
    {
        Span<byte> scratch = worker.Scratch;
        bool written = request is Http1Downstream client
            ? Http1HeadWriter.TryWriteRequest(client.Head, client.HeadBytes, scratch, edits, out int length)
            : TryTranslate(request, scratch, edits, out length);
        // Only a head at the limit whose fields were all written anew could get here.
        if (!written || length > BufferPool.LargeBufferSize) return MeshError.HeaderTooLarge;

        // One write for the head and what is here of the body.
        ReadOnlySpan<byte> body = request.Body;
        int room = Math.Min(BufferPool.BufferSize, BufferPool.LargeBufferSize - length);
        if (body.Length > room) body = body[..room];
        if (_chunks && !body.IsEmpty)
        {
            length += Http1Translation.WriteChunk(body, scratch[length..]);
        }
        else
        {
            body.CopyTo(scratch[length..]);
            length += body.Length;
        }
        if (!body.IsEmpty) request.ConsumeBody(body.Length);
        _ = Send(scratch[..length]);
        return MeshError.None;
    }

    public override int Write(ReadOnlySpan<byte> bytes)
    {
        if (!_chunks)
        {
            int n = _server.Write(bytes);
            if (n > 0) BytesWritten += n;
            return n;
        }
        if (_server.HasUnsent && _server.Flush() is var flushed and not IoStatus.Done) return flushed == IoStatus.Wait ? 0 : -1;
        if (bytes.Length > BufferPool.BufferSize) bytes = bytes[..BufferPool.BufferSize];
        int length = Http1Translation.WriteChunk(bytes, worker.Scratch);
        return Send(worker.Scratch[..length]) ? bytes.Length : -1;
    }

    public override bool End(in FieldsView trailers)
    {
        _requestEnded = true;
        if (_isTunnel) _server.ShutdownSend();
        if (!_chunks) return true;
        return Http1Translation.TryWriteEnd(trailers, worker.Scratch, out int length) && Send(worker.Scratch[..length]);
    }

    public override IoStatus Flush() => _server.Flush();

    public override void Release(bool completed)
    {
        Connection server = _server;
        bool answered = completed || HasAnswered();
        if (_behind > 0) server.Consume(_behind);
        bool reusable = completed && _requestEnded && _bodyBegun && BodyEnded && _head.KeepAlive && !_isTunnel
            && !server.HasUnsent && server.Received.IsEmpty && !server.IsPeerClosed;
        if (reusable) _pool.ReturnIdle(server);
        else if (answered) server.Close();
        // A FIN could be a half-close behind a complete request, which the other side would go on working for.
        else server.CloseWithReset();
        Free();
    }

    public override void Abort() => _server.CloseWithReset();

    public override Connection? TakeConnection()
    {
        Connection server = _server;
        server.Consume(_behind);
        Free();
        return server;
    }

    private void Free()
    {
        _server = null!;
        Session = null;
        worker.Http1Upstreams.Return(this);
    }

    private bool TryTranslate(Downstream request, Span<byte> scratch, in HeadEdits edits, out int length)
    {
        ReadOnlySpan<byte> upgrade = request.UpgradeProtocol;
        MessageFraming framing = !upgrade.IsEmpty || !request.HasBody ? MessageFraming.None
            : request.ContentLength >= 0 ? MessageFraming.ContentLength : MessageFraming.Chunked;
        _chunks = framing == MessageFraming.Chunked;
        HeadEdits all = edits;
        if (WebSocketKeys.ForRequest(request.Request, upgrade, worker.Random) is { } key) all = edits with { Fields = (FieldEdits[])[.. edits.Fields, key] };
        return Http1Translation.TryWriteRequest(request.Request, framing, request.ContentLength, upgrade, scratch, all, out length);
    }

    private bool Send(ReadOnlySpan<byte> bytes)
    {
        BytesWritten += bytes.Length;
        return _server.WriteAll(bytes);
    }
}
