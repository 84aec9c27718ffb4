using System.Buffers;
using Tulle.Http;
using Tulle.Transport;

namespace Tulle.Proxy.Forwarding;

// The body of a request, which stays in the receive buffer as long as it may have to be sent again.
internal sealed partial class Http1Downstream
{
    private Http1BodyReader _body;

    // Where the head is when it had to make room in the receive buffer for a long body.
    private byte[]? _savedHead;

    // Bytes at the start of the receive buffer that were consumed in this attempt and are kept: the head, and body behind it.
    private int _kept;
    private bool _canReplay;

    public override void BeginBody(bool framed)
    {
        BodyBytes = 0;
        _body.Start(_head!, framed);
        _kept = _head!.Length;
        _canReplay = true;
        if (HasBody) Look();
    }

    public override ReadOnlySpan<byte> Body => client.Received.Slice(_kept, _body.Ready);

    public override bool BodyEnded => _body.IsEnded;

    public override FieldsView Trailers => _body.Trailers;

    public override bool CanReplay => _canReplay;

    public override void ConsumeBody(int count)
    {
        _body.Take(count);
        BodyBytes += count;
        if (_savedHead is null) _kept += count;
        else client.Consume(count);
        if (_body.Ready == 0) Look();
    }

    public override Step FillBody(out MeshError error)
    {
        error = MeshError.None;
        while (!_body.IsInvalid)
        {
            if (Look()) return Step.Done;
            switch (client.Receive())
            {
                case IoStatus.Done:
                    continue;
                case IoStatus.Wait:
                    return Step.Wait;
                case IoStatus.Full:
                    // Room for what may be replayed, or the end of that.
                    if (_kept - _head!.Length < ReplayLimit && client.Grow()) continue;
                    if (_savedHead is null) ForgetBody();
                    continue;
                case IoStatus.End when _body.EndsWithConnection:
                    _body.EndWithConnection();
                    return Step.Done;
                default:
                    error = MeshError.ClientGone;
                    return Step.Failed;
            }
        }
        error = MeshError.BadRequest;
        return Step.Failed;
    }

    public override void ForgetBody()
    {
        if (!_canReplay) return;
        _canReplay = false;
        // What is complete stays where it is until the exchange ends.
        if (!_body.IsEnded) SaveHead();
    }

    /// <summary>Finds the next piece of body in what was received. True when there is one, or the body has ended or is wrong.</summary>
    private bool Look()
    {
        // The buffer may be gone with the connection by now.
        if (_body.IsFound) return true;
        bool found = _body.Look(client.Received[_kept..], out int skipped);
        if (_savedHead is null) _kept += skipped;
        else client.Consume(skipped);
        return found;
    }

    /// <summary>Moves the head out of the receive buffer, and frees what was consumed.</summary>
    private void SaveHead()
    {
        _savedHead = ArrayPool<byte>.Shared.Rent(_head!.Length);
        client.Received[.._head.Length].CopyTo(_savedHead);
        client.Consume(_kept);
        _kept = 0;
    }
}
