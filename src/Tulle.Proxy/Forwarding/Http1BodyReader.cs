using Tulle.Http;
using Tulle.Http.Http1;

namespace Tulle.Proxy.Forwarding;

/// <summary>
/// Finds the pieces of an HTTP/1.x body in what a connection received, with their framing or without it, and keeps the trailers. A
/// mutable struct: keep it in a field and do not copy it while in use.
/// </summary>
internal struct Http1BodyReader
{
    private Http1Body _body;
    private Http1Trailers? _trailers;
    private bool _framed;
    private bool _hasTrailers;

    /// <summary>Bytes that are known to belong to the body and were not taken yet.</summary>
    public int Ready { get; private set; }

    /// <summary>The body is not valid; what is <see cref="Ready"/> still is.</summary>
    public bool IsInvalid { get; private set; }

    /// <summary>All of it was found and taken.</summary>
    public readonly bool IsEnded => Ready == 0 && IsFound;

    /// <summary>All of it was found.</summary>
    public readonly bool IsFound => _body.IsComplete;

    /// <inheritdoc cref="Http1Body.EndsWithConnection"/>
    public readonly bool EndsWithConnection => _body.EndsWithConnection;

    /// <inheritdoc cref="Http1Body.ContentBytes"/>
    public readonly long ContentBytes => _body.ContentBytes;

    /// <summary>Trailers that came; empty until the body has ended, and when framing is kept.</summary>
    public readonly FieldsView Trailers => _hasTrailers ? _trailers!.Fields : default;

    /// <summary>Starts the body behind a head.</summary>
    /// <param name="framed">Whether pieces are wanted with their framing, to be passed on as they are.</param>
    public void Start(Http1Head head, bool framed)
    {
        Reset();
        _framed = framed;
        _body.Start(head);
    }

    /// <summary>Starts what is the connection's until its end.</summary>
    public void StartTunnel(Http1Limits limits)
    {
        Reset();
        _framed = true;
        _body.Start(MessageFraming.UntilClose, 0, limits);
    }

    /// <summary>Forgets the body; another one can start.</summary>
    public void Reset()
    {
        _body = default;
        _hasTrailers = false;
        Ready = 0;
        IsInvalid = false;
    }

    /// <inheritdoc cref="Http1Body.EndWithConnection"/>
    public void EndWithConnection() => _body.EndWithConnection();

    /// <summary>Takes bytes that are <see cref="Ready"/>.</summary>
    public void Take(int count) => Ready -= count;

    /// <summary>Finds the next piece. True when there is one, or the body has ended or is wrong.</summary>
    /// <param name="received">What was received and not looked at.</param>
    /// <param name="skipped">Bytes of framing in front of the piece, which nobody needs any more.</param>
    public bool Look(ReadOnlySpan<byte> received, out int skipped)
    {
        skipped = 0;
        while (Ready == 0 && !IsFound && !IsInvalid)
        {
            ReadOnlySpan<byte> more = received[skipped..];
            if (more.IsEmpty) return false;
            int skip = 0, ready;
            bool trailers = false;
            ParseResult result = _framed ? _body.Advance(more, out ready) : _body.NextContent(more, out skip, out ready, out trailers);
            Ready = ready;
            IsInvalid = result == ParseResult.Invalid;
            if (trailers) Keep(more[..skip]);
            skipped += skip;
        }
        return !IsInvalid || Ready > 0;
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        _trailers ??= new Http1Trailers();
        if (!_hasTrailers) _trailers.Reset();
        _hasTrailers = true;
        _trailers.Append(bytes);
    }
}
