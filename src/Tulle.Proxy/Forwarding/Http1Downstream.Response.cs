using Tulle.Http;
using Tulle.Http.Http1;
using Tulle.Transport;

namespace Tulle.Proxy.Forwarding;

internal sealed partial class Http1Downstream
{
    private const int LingerBytesPerTurn = 256 * 1024;

    // 0 before the goodbye has begun.
    private long _lingerUntilMs;
    private bool _chunks;
    private bool _isTunnel;

    // The connection can be used for another request after the response that was begun.
    private bool _keep;

    public override bool ResponseStarted => _state == State.Responding;

    public override bool HasUnsent => client.HasUnsent;

    public override IoStatus Flush() => client.Flush();

    public override bool WriteInterim(Upstream response)
    {
        // RFC 9110 §15.2: never to an HTTP/1.0 client.
        if (!_head!.IsHttp11) return true;
        bool written = response is Http1Upstream server
            ? Http1HeadWriter.TryWriteResponse(server.Head, server.HeadBytes, worker.Scratch, default, out int length)
            : Http1Translation.TryWriteResponse(response.Response, MessageFraming.None, default, worker.Scratch, default, out length);
        return !written || Send(worker.Scratch[..length]);
    }

    public override bool WriteHead(Upstream response, in HeadEdits edits)
    {
        bool tunnel = response.SwitchesProtocol;
        MessageFraming framing = FramingOf(response);
        _chunks = !response.IsHttp1 && framing == MessageFraming.Chunked;
        _keep = _head!.KeepAlive && framing != MessageFraming.UntilClose && !worker.IsDraining && !edits.Close
            && (BodyEnded || !IsFinalBeforeBody(response.Response.Status));
        var own = edits with { Close = !_keep && !tunnel, AnnounceKeepAlive = _keep && !_head.IsHttp11 };
        if (tunnel && !response.IsHttp1 && WebSocketKeys.ForResponse(Request, response.Response) is { } accept)
            own = own with { Fields = (FieldEdits[])[.. edits.Fields, accept] };

        Span<byte> scratch = worker.Scratch;
        bool written = response is Http1Upstream server
            ? Http1HeadWriter.TryWriteResponse(server.Head, server.HeadBytes, scratch, own, out int length)
            : Http1Translation.TryWriteResponse(response.Response, framing, tunnel ? UpgradeProtocol : default, scratch, own, out length);
        if (!written) return false;

        // One write for the head and what is here of the body.
        _state = State.Responding;
        ReadOnlySpan<byte> body = tunnel ? default : response.Body;
        int room = Math.Min(BufferPool.BufferSize, BufferPool.LargeBufferSize - length);
        if (room < Http1Translation.ChunkOverhead) body = default;
        if (body.Length > room) body = body[..room];
        if (_chunks && !body.IsEmpty) length += Http1Translation.WriteChunk(body, scratch[length..]);
        else body.CopyTo(scratch[length..]);
        if (!_chunks) length += body.Length;
        if (!body.IsEmpty) response.ConsumeBody(body.Length);
        if (tunnel) BeginTunnel();
        return Send(scratch[..length]);
    }

    public override int Write(ReadOnlySpan<byte> bytes)
    {
        if (!_chunks)
        {
            int n = client.Write(bytes);
            if (n > 0) BytesWritten += n;
            return n;
        }
        if (client.HasUnsent && client.Flush() is var flushed and not IoStatus.Done) return flushed == IoStatus.Wait ? 0 : -1;
        if (bytes.Length > BufferPool.BufferSize) bytes = bytes[..BufferPool.BufferSize];
        int length = Http1Translation.WriteChunk(bytes, worker.Scratch);
        return Send(worker.Scratch[..length]) ? bytes.Length : -1;
    }

    public override bool End(in FieldsView trailers)
    {
        if (_isTunnel) client.ShutdownSend();
        if (!_chunks) return true;
        return !Http1Translation.TryWriteEnd(trailers, worker.Scratch, out int length) || Send(worker.Scratch[..length]);
    }

    public override bool Answer(LocalAnswer answer)
    {
        KnownMethod method = _head?.Method ?? KnownMethod.Other;
        // The connection goes on only if it is clear where the next request starts.
        _keep = _state == State.Serving && !answer.Close && !HasBody && _head!.KeepAlive && !worker.IsDraining;
        if (_keep && _kept == 0)
        {
            _body.Start(_head!, framed: true);
            _kept = _head!.Length;
        }
        if (_state == State.Serving) _state = State.Responding;
        Span<byte> scratch = worker.Scratch;
        return LocalResponse.TryWrite(scratch, answer.Status, answer.Fields, answer.Body.Span, !_keep, method, out int length) && Send(scratch[..length]);
    }

    // Nothing else tells a client that a body without a length was cut off.
    public override void Reset(MeshError error)
    {
        _keep = false;
        client.CloseWithReset();
    }

    /// <summary>
    /// Sends what is unsent, then FIN, and reads the rest of what the client sends (RFC 9112 §9.6): most HTTP clients look for an answer only when their
    /// whole request is sent, and take a connection that breaks before for a failure, however early the answer came.
    /// </summary>
    public override Step Linger()
    {
        if (!client.IsOpen) return Step.Failed;
        long now = worker.Loop.NowMs;
        if (_lingerUntilMs == 0)
        {
            if (client.HasUnsent)
            {
                Session.SetDeadline(worker.Config.IdleTimeout);
                IoStatus flushed = client.Flush();
                if (flushed != IoStatus.Done) return flushed == IoStatus.Wait ? Step.Wait : Step.Failed;
            }
            client.ShutdownSend();
            _lingerUntilMs = now + (long)worker.Config.LingerTimeout.TotalMilliseconds;
        }
        if (now >= _lingerUntilMs) return Step.Done;
        Session.SetDeadlineAt(Math.Min(now + (long)worker.Config.LingerSilence.TotalMilliseconds, _lingerUntilMs));
        int taken = 0;
        while (taken < LingerBytesPerTurn)
        {
            taken += client.Received.Length;
            client.Consume(client.Received.Length);
            IoStatus received = client.Receive();
            if (received == IoStatus.Wait) return Step.Wait;
            if (received != IoStatus.Done) return Step.Done;
        }
        Session.Yield();
        return Step.Wait;
    }

    /// <summary>What the client sends from here on is the tunnel's, until it closes.</summary>
    private void BeginTunnel()
    {
        ForgetBody();
        _isTunnel = true;
        if (_savedHead is null) SaveHead();
        _body.StartTunnel(_head!.Limits);
    }

    private MessageFraming FramingOf(Upstream response)
    {
        if (response is Http1Upstream server) return server.Head.Framing;
        if (response.SwitchesProtocol || !response.HasBody) return MessageFraming.None;
        if (response.ContentLength >= 0) return MessageFraming.ContentLength;
        return _head!.IsHttp11 ? MessageFraming.Chunked : MessageFraming.UntilClose;
    }

    /// <summary>
    /// The server answers for good while the client still sends, most likely to refuse the body: the connection cannot be
    /// told apart from the rest of the body, so it ends with this response.
    /// </summary>
    private static bool IsFinalBeforeBody(int status) => status >= 300;

    private bool Send(ReadOnlySpan<byte> bytes)
    {
        BytesWritten += bytes.Length;
        return client.WriteAll(bytes);
    }
}
