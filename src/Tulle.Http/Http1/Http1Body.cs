namespace Tulle.Http.Http1;

/// <summary>
/// Follows a body while its bytes are relayed verbatim: says how many of the received bytes belong to the message, finds
/// its end, and checks chunk framing and trailers on the way. Keeps counters only, so any split of the bytes gives the
/// same answer. A mutable struct: keep it in a field and do not copy it while in use.
/// </summary>
/// <remarks>
/// Trailer fields are checked for form, not for meaning: RFC 9110 §6.5.1 leaves it to the recipient to merge only fields
/// that it knows to be safe.
/// </remarks>
public struct Http1Body
{
    private ChunkReader _chunks;
    private long _remaining;
    private long _content;
    private MessageFraming _framing;

    /// <summary>Bytes of content relayed so far, without chunk framing and trailers.</summary>
    public readonly long ContentBytes => _framing == MessageFraming.Chunked ? _chunks.ContentBytes : _content;

    /// <summary>The message ended. True from the start for a message without a body.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>The body ends when the peer closes; end of input is then its regular end.</summary>
    public readonly bool EndsWithConnection => _framing == MessageFraming.UntilClose;

    /// <summary>Why the body was refused.</summary>
    public readonly Http1Error Error => new(_chunks.Error);

    /// <summary>Starts the body that follows a parsed head.</summary>
    public void Start(Http1Head head) => Start(head.Framing, head.ContentLength, head.Limits);

    /// <summary>Starts a body.</summary>
    /// <param name="framing">How its end is found.</param>
    /// <param name="length">Bytes, for <see cref="MessageFraming.ContentLength"/>.</param>
    /// <param name="limits">Limits on chunk extensions and trailers.</param>
    public void Start(MessageFraming framing, long length, Http1Limits limits)
    {
        _framing = framing;
        _remaining = framing == MessageFraming.ContentLength ? length : 0;
        _content = 0;
        _chunks = new ChunkReader(limits);
        IsComplete = framing == MessageFraming.None || (framing == MessageFraming.ContentLength && length == 0);
    }

    /// <summary>The peer has closed: the regular end of a body that <see cref="EndsWithConnection"/>.</summary>
    public void EndWithConnection() => IsComplete = true;

    /// <summary>
    /// Takes the next received bytes. The first <paramref name="take"/> of them belong to this body and may be relayed as
    /// they are; what follows belongs to the next message. Complete: the body ended with them. Invalid: relay nothing
    /// more and close both sides.
    /// </summary>
    public ParseResult Advance(ReadOnlySpan<byte> available, out int take)
    {
        take = 0;
        if (IsComplete) return ParseResult.Complete;

        switch (_framing)
        {
            case MessageFraming.ContentLength:
                take = (int)Math.Min(available.Length, _remaining);
                _remaining -= take;
                _content += take;
                IsComplete = _remaining == 0;
                return IsComplete ? ParseResult.Complete : ParseResult.NeedMore;
            case MessageFraming.Chunked:
                ParseResult result = _chunks.Advance(available, out take);
                IsComplete = result == ParseResult.Complete;
                return result;
            default:
                take = available.Length;
                _content += take;
                return ParseResult.NeedMore;
        }
    }
    /// <summary>
    /// Like <see cref="Advance"/> for a reader that wants the content alone: the first <paramref name="skip"/> bytes are framing,
    /// the <paramref name="content"/> bytes behind them are content. Trailer bytes are skipped too, in calls of their own:
    /// <paramref name="trailers"/> says that the skipped bytes are the trailer section or a part of it, with its empty line.
    /// </summary>
    public ParseResult NextContent(ReadOnlySpan<byte> available, out int skip, out int content, out bool trailers)
    {
        skip = 0;
        trailers = false;
        if (_framing != MessageFraming.Chunked || IsComplete) return Advance(available, out content);
        trailers = _chunks.IsInTrailers;
        ParseResult result = _chunks.NextContent(available, out skip, out content);
        IsComplete = result == ParseResult.Complete;
        return result;
    }
}
