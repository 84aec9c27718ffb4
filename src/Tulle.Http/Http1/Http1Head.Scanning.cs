namespace Tulle.Http.Http1;

/// <summary>Finds lines, names and values, each byte looked at once however the head was split into reads.</summary>
public abstract partial class Http1Head
{
    private bool ParseStart(ReadOnlySpan<byte> buffer, ref Http1ErrorKind error)
    {
        if (_lineStart == 0 && SkipsEmptyLine && buffer.StartsWith((byte)'\r'))
        {
            if (buffer.Length < 2) return false;
            if (buffer[1] == '\n') _lineStart = _scanned = 2;
        }

        int limit = _lineStart + StartLineLimit;
        ReadOnlySpan<byte> searched = buffer.Length > limit ? buffer[..limit] : buffer;
        int end = FindLineEnd(searched, _scanned, ref error);
        if (end < 0)
        {
            _scanned = Math.Max(_scanned, ~end);
            if (error == Http1ErrorKind.InvalidHeaderValue) error = Http1ErrorKind.MalformedStartLine;
            if (error == Http1ErrorKind.None && buffer.Length >= limit) error = StartLineTooLong;
            return false;
        }

        error = ParseStartLine(buffer[_lineStart..end], _lineStart);
        if (error != Http1ErrorKind.None) return false;
        _inHeaders = true;
        _lineStart = _scanned = HeadersStart = end + 2;
        return true;
    }

    private bool ParseFields(ReadOnlySpan<byte> buffer, ref Http1ErrorKind error)
    {
        while (true)
        {
            if (_colon == NoColon && !ParseName(buffer, ref error)) return Length != 0;

            int end = FindLineEnd(buffer, _scanned, ref error);
            if (end < 0)
            {
                _scanned = Math.Max(_scanned, ~end);
                return false;
            }

            error = AddField(buffer, end);
            if (error != Http1ErrorKind.None) return false;
            _lineStart = _scanned = end + 2;
            _colon = NoColon;
        }
    }

    /// <summary>True when the line has a name and colon; else more is needed, an error was set, or the head ended.</summary>
    private bool ParseName(ReadOnlySpan<byte> buffer, ref Http1ErrorKind error)
    {
        int length = buffer[_scanned..].IndexOfAnyExcept(Characters.Token);
        if (length < 0)
        {
            _scanned = buffer.Length;
            return false;
        }

        int stop = _scanned + length;
        byte found = buffer[stop];
        if (found == ':' && stop > _lineStart)
        {
            _colon = stop;
            _scanned = stop + 1;
            return true;
        }

        _scanned = stop;
        if (found == '\r' && stop + 1 == buffer.Length) return false;
        if (found == '\r' && stop == _lineStart && buffer[stop + 1] == '\n') Length = stop + 2;
        else error = WrongName(found, atLineStart: stop == _lineStart, next: stop + 1 < buffer.Length ? buffer[stop + 1] : (byte)0);
        return false;
    }

    private static Http1ErrorKind WrongName(byte found, bool atLineStart, byte next) => found switch
    {
        (byte)':' => Http1ErrorKind.EmptyHeaderName,
        (byte)' ' or (byte)'\t' => atLineStart ? Http1ErrorKind.FoldedHeader : Http1ErrorKind.SpaceBeforeColon,
        (byte)'\n' => Http1ErrorKind.BareLineFeed,
        (byte)'\r' when next != '\n' => Http1ErrorKind.BareCarriageReturn,
        _ => Http1ErrorKind.InvalidHeaderName,
    };

    /// <summary>Offset of the CR of the line's end; else the complement of how far was searched, perhaps with an error.</summary>
    private static int FindLineEnd(ReadOnlySpan<byte> buffer, int from, ref Http1ErrorKind error)
    {
        if (from >= buffer.Length) return ~from;
        int length = buffer[from..].IndexOfAny(Characters.LineBreakers);
        if (length < 0) return ~buffer.Length;

        int stop = from + length;
        if (buffer[stop] == '\r')
        {
            if (stop + 1 == buffer.Length) return ~stop;
            if (buffer[stop + 1] == '\n') return stop;
            error = Http1ErrorKind.BareCarriageReturn;
        }
        else
        {
            error = buffer[stop] == '\n' ? Http1ErrorKind.BareLineFeed : Http1ErrorKind.InvalidHeaderValue;
        }
        return ~stop;
    }
}
