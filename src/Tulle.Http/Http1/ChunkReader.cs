namespace Tulle.Http.Http1;

/// <summary>
/// Follows the chunked coding (RFC 9112 §7.1) byte by byte outside of chunk data and in one step inside it. Stricter than
/// the grammar where readers are known to differ: no white space after a size, CRLF always whole.
/// </summary>
internal struct ChunkReader(Http1Limits limits)
{
    /// <summary>Sixteen hexadecimal digits are 64 bits; longer runs could only be leading zeros.</summary>
    private const int MaxSizeDigits = 16;

    private readonly Http1Limits _limits = limits;
    private State _state;
    private int _sizeDigits;
    private int _lineBytes;
    private int _trailerBytes;
    private ulong _remaining;

    private enum State : byte
    {
        Size,
        Extension,
        SizeLineFeed,
        Data,
        DataReturn,
        DataLineFeed,
        TrailerStart,
        TrailerName,
        TrailerValue,
        TrailerLineFeed,
        LastLineFeed,
        Ended,
    }

    public long ContentBytes { get; private set; }

    public Http1ErrorKind Error { get; private set; }

    /// <summary>Whether the last chunk has come, and what follows is trailers.</summary>
    public readonly bool IsInTrailers => _state is >= State.TrailerStart and <= State.Ended;

    public ParseResult Advance(ReadOnlySpan<byte> available, out int take) => Run(available, stopAtData: false, out take);

    /// <summary>
    /// Takes the chunk framing in front of the next content, and says how much content follows it in one piece. Of trailers, the
    /// bytes are told apart by <see cref="IsInTrailers"/>: a call that leads there ends before them.
    /// </summary>
    public ParseResult NextContent(ReadOnlySpan<byte> available, out int skip, out int content)
    {
        ParseResult result = Run(available, stopAtData: true, out skip);
        content = result == ParseResult.NeedMore && _state == State.Data ? SkipData(available.Length - skip) : 0;
        return result;
    }

    private ParseResult Run(ReadOnlySpan<byte> available, bool stopAtData, out int take)
    {
        int i = 0;
        bool trailers = IsInTrailers;
        while (i < available.Length && _state != State.Ended && Error == Http1ErrorKind.None)
        {
            if (stopAtData && (_state == State.Data || IsInTrailers != trailers)) break;
            i += _state switch
            {
                State.Data => SkipData(available.Length - i),
                State.Extension => SkipUntilBreak(available[i..], ref _lineBytes, _limits.ChunkExtensionBytes, Http1ErrorKind.ChunkExtensionTooLong),
                State.TrailerValue => SkipUntilBreak(available[i..], ref _trailerBytes, _limits.TrailerBytes, Http1ErrorKind.TrailersTooLarge),
                State.TrailerName => SkipName(available[i..]),
                _ => 0,
            };
            if (i == available.Length || Error != Http1ErrorKind.None) break;
            if (_state == State.Data) continue;
            Step(available[i]);
            if (Error == Http1ErrorKind.None) i++;
        }
        take = i;
        if (Error != Http1ErrorKind.None) return ParseResult.Invalid;
        return _state == State.Ended ? ParseResult.Complete : ParseResult.NeedMore;
    }

    private int SkipData(int available)
    {
        int taken = (int)Math.Min((ulong)available, _remaining);
        _remaining -= (ulong)taken;
        ContentBytes += taken;
        if (_remaining == 0) _state = State.DataReturn;
        return taken;
    }

    private int SkipUntilBreak(ReadOnlySpan<byte> bytes, ref int counter, int limit, Http1ErrorKind tooLong)
    {
        int length = bytes.IndexOfAny(Characters.LineBreakers);
        if (length < 0) length = bytes.Length;
        return Count(length, ref counter, limit, tooLong);
    }

    private int SkipName(ReadOnlySpan<byte> bytes)
    {
        int length = bytes.IndexOfAnyExcept(Characters.Token);
        if (length < 0) length = bytes.Length;
        return Count(length, ref _trailerBytes, _limits.TrailerBytes, Http1ErrorKind.TrailersTooLarge);
    }

    /// <summary>Stops at the very byte that passes the limit, however the bytes were split.</summary>
    private int Count(int length, ref int counter, int limit, Http1ErrorKind tooLong)
    {
        int taken = Math.Min(length, limit - counter);
        counter += taken;
        if (taken < length) Error = tooLong;
        return taken;
    }

    private void Step(byte next)
    {
        if (_state is >= State.TrailerStart and <= State.TrailerLineFeed && ++_trailerBytes > _limits.TrailerBytes)
        {
            Error = Http1ErrorKind.TrailersTooLarge;
            return;
        }
        switch (_state)
        {
            case State.Size: OnSize(next); break;
            case State.Extension: OnExtensionEnd(next); break;
            case State.SizeLineFeed: OnSizeLineFeed(next); break;
            case State.DataReturn: Expect(next, '\r', State.DataLineFeed, Http1ErrorKind.InvalidChunkEnd); break;
            case State.DataLineFeed: Expect(next, '\n', State.Size, Http1ErrorKind.InvalidChunkEnd); break;
            case State.TrailerStart: OnTrailerStart(next); break;
            case State.TrailerName: Expect(next, ':', State.TrailerValue, Http1ErrorKind.InvalidTrailer); break;
            case State.TrailerValue: Expect(next, '\r', State.TrailerLineFeed, Http1ErrorKind.InvalidTrailer); break;
            case State.TrailerLineFeed: Expect(next, '\n', State.TrailerStart, Http1ErrorKind.InvalidTrailer); break;
            case State.LastLineFeed: Expect(next, '\n', State.Ended, Http1ErrorKind.InvalidChunkEnd); break;
        }
    }

    private void OnSize(byte next)
    {
        int digit = HexDigit(next);
        if (digit >= 0)
        {
            // The top bit must stay clear: sizes are counted as signed 64-bit numbers by many peers.
            if (++_sizeDigits > MaxSizeDigits || _remaining >> 59 != 0) Error = Http1ErrorKind.InvalidChunkSize;
            else _remaining = (_remaining << 4) | (uint)digit;
        }
        else if (_sizeDigits == 0) Error = Http1ErrorKind.InvalidChunkSize;
        else if (next == '\r') _state = State.SizeLineFeed;
        else if (next == ';') (_state, _lineBytes) = (State.Extension, 0);
        else Error = Http1ErrorKind.InvalidChunkSize;
    }

    private void OnExtensionEnd(byte next)
    {
        if (next == '\r') _state = State.SizeLineFeed;
        else Error = Http1ErrorKind.InvalidChunkExtension;
    }

    private void OnSizeLineFeed(byte next)
    {
        bool last = _remaining == 0;
        _sizeDigits = 0;
        Expect(next, '\n', last ? State.TrailerStart : State.Data, Http1ErrorKind.InvalidChunkSize);
    }

    private void OnTrailerStart(byte next)
    {
        if (next == '\r') _state = State.LastLineFeed;
        else if (Characters.Token.Contains(next)) _state = State.TrailerName;
        else Error = Http1ErrorKind.InvalidTrailer;
    }

    private void Expect(byte next, char expected, State following, Http1ErrorKind error)
    {
        if (next == expected) _state = following;
        else Error = error;
    }

    private static int HexDigit(byte value)
    {
        if (Characters.IsDigit(value)) return value - '0';
        int letter = (value | 0x20) - 'a';
        return (uint)letter <= 5 ? letter + 10 : -1;
    }
}
