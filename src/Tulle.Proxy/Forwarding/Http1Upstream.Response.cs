using Tulle.Http;
using Tulle.Http.Http1;
using Tulle.Transport;

namespace Tulle.Proxy.Forwarding;

internal sealed partial class Http1Upstream
{
    private readonly Http1ResponseHead _head = new();
    private Http1BodyReader _body;
    private bool _bodyBegun;

    // Bytes at the start of the receive buffer that are done with: the head, which stays until the body moves on, and chunk framing.
    private int _behind;

    private int _interims;

    /// <summary>The parsed head, for a client's side that speaks HTTP/1.1 too.</summary>
    public Http1ResponseHead Head => _head;

    /// <summary>What <see cref="Head"/>'s offsets refer to.</summary>
    public ReadOnlySpan<byte> HeadBytes => _server.Received;

    public override ResponseView Response => new(_head, HeadBytes);

    public override int Status => _head.Status;

    public override bool IsInterim => _head.IsInterim;

    public override bool SwitchesProtocol => _head.SwitchesProtocol;

    public override long ContentLength => _head.Framing == MessageFraming.ContentLength ? _head.ContentLength : -1;

    public override bool HasBody => _head.Framing != MessageFraming.None;

    public override ReadOnlySpan<byte> Body => _server.Received.Slice(_behind, _body.Ready);

    public override bool BodyEnded => _body.IsEnded;

    public override FieldsView Trailers => _body.Trailers;

    public override long ContentBytes => _body.ContentBytes;

    // A method that must not be repeated needs proof that nobody works on it: close_notify, which a server that dies at work
    // does not send.
    public override bool NotProcessed => _reused && IsSilent && _server.Tls is { EndedByPeer: true };

    public override bool IsSilent => _head.Length == 0 && _server.Received.IsEmpty;

    public override Step ReadHead(out MeshError error)
    {
        error = MeshError.None;
        if (_behind > 0)
        {
            // Behind an interim one.
            _server.Consume(_behind);
            ResetResponse(Session!.Method);
        }
        while (true)
        {
            if (!_server.Received.IsEmpty)
            {
                switch (_head.Parse(_server.Received))
                {
                    case ParseResult.Complete when !_head.IsInterim || ++_interims <= _head.Limits.InterimResponses:
                        _behind = _head.Length;
                        return Step.Done;
                    case ParseResult.Complete or ParseResult.Invalid:
                        error = MeshError.UpstreamProtocol;
                        return Step.Failed;
                    default:
                        break;
                }
            }
            switch (_server.Receive())
            {
                case IoStatus.Done:
                    continue;
                case IoStatus.Full when _server.Grow():
                    continue;
                case IoStatus.Wait:
                    return Step.Wait;
                default:
                    error = MeshError.UpstreamReset;
                    return Step.Failed;
            }
        }
    }

    public override void BeginBody(bool framed)
    {
        _isTunnel = _head.SwitchesProtocol;
        if (_isTunnel) _body.StartTunnel(_head.Limits);
        else _body.Start(_head, framed);
        _bodyBegun = true;
        _ = Look();
    }

    public override void ConsumeBody(int count)
    {
        _body.Take(count);
        _server.Consume(_behind + count);
        _behind = 0;
        if (_body.Ready == 0) _ = Look();
    }

    public override Step FillBody(out MeshError error)
    {
        error = MeshError.None;
        while (!_body.IsInvalid)
        {
            if (Look()) return Step.Done;
            if (_behind > 0) _server.Consume(_behind);
            _behind = 0;
            switch (_server.Receive())
            {
                case IoStatus.Done:
                    continue;
                case IoStatus.Wait:
                    return Step.Wait;
                case IoStatus.End when _body.EndsWithConnection:
                    _body.EndWithConnection();
                    return Step.Done;
                default:
                    error = MeshError.UpstreamReset;
                    return Step.Failed;
            }
        }
        error = MeshError.UpstreamProtocol;
        return Step.Failed;
    }

    /// <summary>The server has said all that it had to, whether anybody took it or not: it has nothing to stop working for.</summary>
    private bool HasAnswered()
    {
        if (_isTunnel || !_server.IsOpen) return false;
        if (_bodyBegun) return BodyEnded;
        if (_head.Length == 0 || IsInterim || SwitchesProtocol) return false;
        // One that another try follows.
        BeginBody(framed: true);
        while (_body.Ready > 0) ConsumeBody(_body.Ready);
        return BodyEnded;
    }

    private void ResetResponse(KnownMethod method)
    {
        _head.Reset(method);
        _body.Reset();
        _bodyBegun = false;
        _behind = 0;
    }

    /// <summary>Finds the next piece of body in what was received. True when there is one, or the body has ended or is wrong.</summary>
    private bool Look()
    {
        // The buffer may be gone with the connection by now.
        if (_body.IsFound) return true;
        bool found = _body.Look(_server.Received[_behind..], out int skipped);
        _behind += skipped;
        return found;
    }
}
