using Tulle.Http;
using Tulle.Http.Http2;
using Tulle.Proxy.Forwarding;
using Tulle.Transport;

namespace Tulle.Proxy.Http2;

/// <summary>
/// A client that speaks HTTP/2, as its requests come: one stream, and when that is done another one, maybe of another
/// connection. Its session waits in <see cref="ReadHead"/> in between, in the pool.
/// </summary>
internal sealed class Http2Downstream(Worker worker, Http2DownstreamPool pool, ClientOrigin origin) : Downstream
{
    // What a request may have of body and still be sent again, as much as HTTP/1.1's receive buffer holds.
    private const int FreeReplayBytes = BufferPool.BufferSize;

    private readonly Http2Channel _channel = new(worker);
    private ClientOrigin _origin = origin;
    private bool _canReplay;
    private bool _hasBody;
    private bool _responseStarted;
    private bool _retired;

    // What is left of the body of an answer that was made here.
    private ReadOnlyMemory<byte> _answer;

    public override ClientOrigin Origin => _origin;

    public override bool IsHttp1 => false;

    public override bool CheckGone() => _channel.IsBroken;

    public override bool HasBegun => _channel.Stream is not null;

    public override RequestView Request => Head.AsRequest();

    public override bool HasBody => _hasBody;

    public override long ContentLength => _hasBody ? Head.ContentLength : 0;

    public override ReadOnlySpan<byte> UpgradeProtocol => Head.Protocol.In(Head.Buffer);

    public override ReadOnlySpan<byte> Body => _channel.Body.Unread;

    public override bool BodyEnded => _channel.Ended && _channel.Body.Unread.IsEmpty;

    public override FieldsView Trailers => _channel.Stream is { HasTrailers: true } stream ? stream.Trailers.Fields : default;

    public override bool CanReplay => _canReplay;

    // Nobody waits for the connection: what is written collects in it, and Write says when it is full. An answer is written as a whole.
    public override bool HasUnsent => !_answer.IsEmpty;

    public override bool ResponseStarted => _responseStarted;

    private Http2Head Head => _channel.Stream!.Head;

    private Http2Connection Codec => _channel.Link!.Codec;

    /// <summary>Gives it a stream to serve; its session is woken by the link.</summary>
    public void Begin(Http2Link link, Http2Stream stream, ClientOrigin streamOrigin, bool ended)
    {
        _origin = streamOrigin;
        _channel.Strand = Session;
        _channel.Attach(link);
        _channel.Open(stream);
        _channel.Ended = ended;
        _hasBody = !ended;
        _canReplay = true;
        _responseStarted = false;
        link.MakeReady(_channel);
    }

    /// <summary>There is no other stream for it: its session ends.</summary>
    public void Retire()
    {
        _retired = true;
        Session!.Signal();
    }

    public override Step ReadHead(out LocalAnswer? refusal)
    {
        refusal = null;
        if (_retired) return Step.Failed;
        return _channel.Stream is null ? Step.Wait : Step.Done;
    }

    public override LocalAnswer? OnHeadTimeout() => null;

    public override void BeginBody(bool framed)
    {
        BodyBytes = 0;
        _channel.Body.Rewind();
    }

    public override void ConsumeBody(int count)
    {
        bool keep = _canReplay && _channel.Body.Kept + count <= Math.Max(ReplayLimit, FreeReplayBytes);
        _canReplay = keep;
        BodyBytes += count;
        _channel.Read(count, keep);
    }

    public override Step FillBody(out MeshError error)
    {
        error = MeshError.None;
        if (!_channel.Body.Unread.IsEmpty || _channel.Ended) return Step.Done;
        if (!_channel.IsBroken) return Step.Wait;
        error = MeshError.ClientGone;
        return Step.Failed;
    }

    public override void ForgetBody()
    {
        if (!_canReplay) return;
        _canReplay = false;
        _channel.Body.Forget();
    }

    public override bool WriteInterim(Upstream response)
    {
        if (_channel.IsBroken) return false;
        // RFC 9113 §8.6: HTTP/2 has no 101.
        if (response.Status == 101) return true;
        Codec.BeginResponse(response.Status);
        Http2Fields.Write(Codec, response.Response.Fields, default);
        Codec.EndHead(_channel.Stream!, endStream: false);
        _channel.Link!.ScheduleFlush();
        return true;
    }

    public override bool WriteHead(Upstream response, in HeadEdits edits)
    {
        if (_channel.IsBroken) return false;
        _responseStarted = true;
        // RFC 8441 §5: what HTTP/1.1 says with 101 is 200 here.
        Codec.BeginResponse(response.Status == 101 ? 200 : response.Status);
        Http2Fields.Write(Codec, response.Response.Fields, edits);
        Codec.EndHead(_channel.Stream!, endStream: false);
        ReadOnlySpan<byte> body = response.Body;
        if (!body.IsEmpty)
        {
            int n = Write(body);
            if (n > 0) response.ConsumeBody(n);
        }
        _channel.Link!.ScheduleFlush();
        return true;
    }

    public override int Write(ReadOnlySpan<byte> bytes)
    {
        int n = _channel.Write(bytes);
        if (n > 0) BytesWritten += n;
        return n;
    }

    public override bool End(in FieldsView trailers) => _channel.End(trailers);

    public override bool Answer(LocalAnswer answer)
    {
        if (_channel.IsBroken) return false;
        _responseStarted = true;
        Http2Stream stream = _channel.Stream!;
        bool sendsBody = answer.Body.Length > 0 && Head.Method != KnownMethod.Head;
        Codec.BeginResponse(answer.Status);
        foreach (FieldLine line in answer.Fields)
        {
            if (!IsOfConnection(line)) Codec.Field(line.Name, line.Value);
        }
        if (answer.Body.Length > 0)
        {
            Span<byte> digits = stackalloc byte[11];
            _ = System.Buffers.Text.Utf8Formatter.TryFormat(answer.Body.Length, digits, out int length);
            Codec.Field("content-length"u8, digits[..length]);
        }
        Codec.EndHead(stream, endStream: !sendsBody);
        _channel.Link!.ScheduleFlush();
        if (sendsBody) _answer = answer.Body;
        return Flush() != IoStatus.Failed;
    }

    public override IoStatus Flush()
    {
        while (!_answer.IsEmpty)
        {
            int n = _channel.Write(_answer.Span);
            if (n == 0) return IoStatus.Wait;
            if (n < 0) return IoStatus.Failed;
            _answer = _answer[n..];
            if (_answer.IsEmpty) _ = _channel.End(default);
        }
        return IoStatus.Done;
    }

    public override void Reset(MeshError error) =>
        _channel.Detach(error is MeshError.UpstreamReset or MeshError.UpstreamProtocol or MeshError.UpstreamHttp2 or MeshError.StreamReset
            ? Http2ErrorCode.InternalError
            : Http2ErrorCode.Cancel);

    public override bool EndExchange()
    {
        // RFC 9113 §8.1: the response is complete, so the rest of the request is not needed.
        bool complete = _channel.Stream is { LocalEnded: true };
        _answer = default;
        _channel.Detach(complete ? Http2ErrorCode.NoError : Http2ErrorCode.Cancel);
        return pool.TryReturn(this);
    }

    public override Step Linger() => Step.Done;

    public override void Close() => _channel.Detach(Http2ErrorCode.InternalError);

    public override Connection? TakeConnection() => null;

    private static bool IsOfConnection(FieldLine line) => line.Name.SequenceEqual("connection"u8);
}
