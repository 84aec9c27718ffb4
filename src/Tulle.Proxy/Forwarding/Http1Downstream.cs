using System.Buffers;
using Tulle.Http;
using Tulle.Http.Http1;
using Tulle.Http.Http2;
using Tulle.Proxy.Http2;
using Tulle.Transport;

namespace Tulle.Proxy.Forwarding;

/// <summary>A client that speaks HTTP/1.x. The request stays in the connection's receive buffer while it may be sent again.</summary>
internal sealed partial class Http1Downstream(Worker worker, Connection client, ClientOrigin origin) : Downstream
{
    /// <summary>How long a client that has ended its side is let wait before it is asked: most responses are there by then.</summary>
    internal const long AskAfterMs = 250;

    // Rented while a request is under way, so that idle connections hold none.
    private Http1RequestHead? _head;
    private State _state;
    private bool _isLeaving;
    private bool _wasAsked;

    private enum State : byte
    {
        Idle,
        Waiting,
        ReadingHead,
        Serving,
        Responding,
    }

    public override ClientOrigin Origin => origin;

    public override bool IsHttp1 => true;

    public override bool HasBegun => _head is not null;

    // A connection that was closed under us has let go of its buffer, and of the head with it.
    public override RequestView Request => HeadBytes.Length < _head!.Length ? new RequestView() : new RequestView(_head, HeadBytes);

    public override bool HasBody => _head!.Framing != MessageFraming.None;

    public override long ContentLength => _head!.Framing == MessageFraming.Chunked ? -1 : Math.Max(_head.ContentLength, 0);

    public override ReadOnlySpan<byte> UpgradeProtocol => _head!.UpgradeProtocols.In(HeadBytes);

    /// <summary>The parsed head, for a server's side that speaks HTTP/1.1 too.</summary>
    public Http1RequestHead Head => _head!;

    /// <summary>What <see cref="Head"/>'s offsets refer to.</summary>
    public ReadOnlySpan<byte> HeadBytes => _savedHead ?? client.Received;

    public override Step ReadHead(out LocalAnswer? refusal)
    {
        refusal = null;
        if (_state == State.Idle)
        {
            Session.SetDeadline(worker.Config.IdleTimeout);
            _state = State.Waiting;
            _isLeaving = false;
        }
        if (worker.IsDraining && !_isLeaving && _head is null)
        {
            // A request that is on its way is still served; who stays silent is not waited for much longer.
            Session.SetDeadline(worker.Config.DrainLinger);
            _isLeaving = true;
        }
        while (true)
        {
            if (client.Received.Length > 0)
            {
                if (_head is null)
                {
                    _head = worker.RequestHeads.Rent();
                    _head.Reset();
                }
                switch (_head.Parse(client.Received))
                {
                    case ParseResult.Complete:
                        _state = State.Serving;
                        return Step.Done;
                    case ParseResult.Invalid:
                        refusal = worker.AnswerOf(_head.Error);
                        return Step.Failed;
                    default:
                        break;
                }
            }
            switch (client.Receive())
            {
                case IoStatus.Done:
                    continue;
                case IoStatus.Full when client.Grow():
                    continue;
                case IoStatus.Wait:
                    if (_head is not null && _state == State.Waiting)
                    {
                        // Once per request: a client that sends a byte now and then must not hold the head for ever.
                        Session.SetDeadline(worker.Config.HeadTimeout);
                        _state = State.ReadingHead;
                    }
                    return Step.Wait;
                default:
                    return Step.Failed;
            }
        }
    }

    public override LocalAnswer? OnHeadTimeout() => _head is null ? null : MeshErrors.Of(MeshError.RequestTimeout).ClosingAnswer;

    public override bool CheckGone()
    {
        if (client is { IsPeerClosed: true, IsBroken: false } && !_wasAsked) AskWhetherGone();
        return client.IsBroken;
    }

    public override bool EndExchange()
    {
        bool keep = _keep && BodyEnded;
        if (_kept > 0 && client.IsOpen) client.Consume(_kept);
        ReleaseHead();
        return keep;
    }

    public override Connection? TakeConnection()
    {
        client.Consume(_savedHead is null ? _head!.Length : 0);
        ReleaseHead();
        return client;
    }

    public override Session? UpgradeToHttp2()
    {
        // Between proxies and in the application's own TLS the protocol was agreed on already (RFC 9113 §3.3).
        if (_head!.Http2Settings.IsEmpty || client.Tls is not null || worker.IsDraining) return null;
        RequestView request = Request;
        if (!request.Scheme.SequenceEqual("http"u8)) return null;
        var codec = new Http2Connection(Http2Role.Server, memory: worker.Http2Memory, nowMs: worker.Loop.NowMs);
        if (codec.TryUpgrade(_head.Http2Settings.In(HeadBytes), request) is not { } stream)
        {
            codec.Close();
            return null;
        }
        // A client that is gone is noticed by whoever reads next.
        _ = client.WriteAll(LocalResponse.SwitchingToHttp2);
        _ = TakeConnection();
        origin.IsUpgraded = true;
        return new Http2ServerSession(worker, client, origin, codec, stream);
    }

    public override void Close() => ReleaseHead();

    /// <summary>
    /// A client that has closed looks like one that has only ended its side (RFC 9112 §9.6) until something is sent to it: then the system of
    /// the one answers with a reset, and the other discards an interim response that it did not ask for (RFC 9110 §15.2.1).
    /// </summary>
    private void AskWhetherGone()
    {
        // A response under way is question enough; HTTP/1.0 knows no interim ones.
        if (_state == State.Responding || !_head!.IsHttp11) return;
        ref Deadlines deadlines = ref Session.Exchange.Deadlines;
        long now = worker.Loop.NowMs;
        if (deadlines.AskMs == 0) deadlines.AskMs = now + AskAfterMs;
        if (now < deadlines.AskMs) return;
        deadlines.AskMs = 0;
        _wasAsked = true;
        _ = Send(LocalResponse.Continue);
    }

    private void ReleaseHead()
    {
        if (_savedHead is not null) ArrayPool<byte>.Shared.Return(_savedHead);
        _savedHead = null;
        if (_head is not null) worker.RequestHeads.Return(_head);
        _head = null;
        _kept = 0;
        _body.Reset();
        _isTunnel = false;
        _wasAsked = false;
        _state = State.Idle;
        ReplayLimit = 0;
        client.ReleaseReceived();
    }
}
