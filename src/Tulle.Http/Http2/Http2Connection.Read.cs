using System.Buffers.Binary;

namespace Tulle.Http.Http2;

public sealed partial class Http2Connection
{
    private bool _needsPreface;
    private bool _needsSettings = true;

    // The DATA frame that is under way: its stream, null when nobody wants it, and what is left of it.
    private bool _inData;
    private bool _dataEndsStream;
    private Http2Stream? _dataStream;
    private int _dataLeft;
    private int _paddingLeft;
    private bool _paddingCredited;

    /// <summary>RFC 9113 §3.4.</summary>
    public static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>
    /// Takes frames from the bytes that came until something is to be told. The caller drops <paramref name="consumed"/>
    /// bytes once it is done with the event, and calls again with what is behind them; bodies are told in pieces as they
    /// come, every other frame must be whole.
    /// </summary>
    public Http2Event Read(ReadOnlySpan<byte> input, out int consumed)
    {
        consumed = 0;
        if (_error.Kind != Http2ErrorKind.None) return new() { Kind = Http2EventKind.ConnectionError, Error = _error };
        if (_notProcessed.Count > 0) return NextNotProcessed();
        if (_needsPreface)
        {
            if (!Preface.StartsWith(input[..Math.Min(input.Length, Preface.Length)])) return Fail(Http2ErrorKind.InvalidPreface);
            if (input.Length < Preface.Length) return default;
            consumed = Preface.Length;
            _needsPreface = false;
            if (ReleaseWindow()) return new() { Kind = Http2EventKind.WindowOpened };
        }

        while (true)
        {
            ReadOnlySpan<byte> rest = input[consumed..];
            if (_inData)
            {
                if (rest.IsEmpty && _dataLeft + _paddingLeft > 0) return default;
                Http2Event data = ReadData(rest, ref consumed);
                if (data.Kind != Http2EventKind.NeedMore) return data;
                continue;
            }

            if (rest.Length < Http2FrameHeader.Size) return default;
            Http2FrameHeader header = Http2FrameHeader.Read(rest);
            Http2ErrorKind refused = CheckFrame(header);
            if (refused != Http2ErrorKind.None) return Fail(refused);
            if (header.Type == Http2FrameType.Data)
            {
                bool padded = (header.Flags & Http2FrameFlags.Padded) != 0 && header.Length > 0;
                if (padded && rest.Length == Http2FrameHeader.Size) return default;
                consumed += Http2FrameHeader.Size + (padded ? 1 : 0);
                Http2Event begun = BeginData(header, padded ? rest[Http2FrameHeader.Size] : -1);
                if (begun.Kind != Http2EventKind.NeedMore) return begun;
                continue;
            }

            int size = Http2FrameHeader.Size + header.Length;
            if (rest.Length < size) return default;
            consumed += size;
            Http2Event e = OnFrame(header, rest[Http2FrameHeader.Size..size]);
            if (e.Kind != Http2EventKind.NeedMore) return e;
        }
    }

    /// <summary>What can be said of a frame from its header.</summary>
    private Http2ErrorKind CheckFrame(Http2FrameHeader header)
    {
        if (header.Length > Http2FrameHeader.DefaultMaxPayload) return Http2ErrorKind.FrameTooLarge;
        if (_needsSettings && (header.Type != Http2FrameType.Settings || (header.Flags & Http2FrameFlags.Ack) != 0)) return Http2ErrorKind.SettingsExpected;
        // RFC 9113 §4.3: a field block is contiguous.
        if (_blockStream != 0 && (header.Type != Http2FrameType.Continuation || header.StreamId != _blockStream)) return Http2ErrorKind.ContinuationExpected;
        return Http2ErrorKind.None;
    }

    private Http2Event OnFrame(Http2FrameHeader header, ReadOnlySpan<byte> payload) => header.Type switch
    {
        Http2FrameType.Headers => OnHeaders(header, payload),
        Http2FrameType.Continuation => OnContinuation(header, payload),
        Http2FrameType.Settings => OnSettings(header, payload),
        Http2FrameType.WindowUpdate => OnWindowUpdate(header, payload),
        Http2FrameType.RstStream => OnRstStream(header, payload),
        Http2FrameType.Ping => OnPing(header, payload),
        Http2FrameType.GoAway => OnGoAway(header, payload),
        Http2FrameType.Priority => OnPriority(header),
        // Push is disabled from the start, RFC 9113 §8.4, and clients never push.
        Http2FrameType.PushPromise => Fail(Http2ErrorKind.UnexpectedPush),
        _ => SpendIdle(Http2ErrorKind.UnknownFrameFlood),
    };

    /// <summary>RFC 9113 §6.1. The whole payload counts against the windows, also of streams that nobody reads any more (§6.9).</summary>
    private Http2Event BeginData(Http2FrameHeader header, int padding)
    {
        if (header.StreamId == 0) return Fail(Http2ErrorKind.FrameOnStreamZero);
        int overhead = padding < 0 ? 0 : padding + 1;
        if (overhead > header.Length || (header.Length == 0 && (header.Flags & Http2FrameFlags.Padded) != 0)) return Fail(Http2ErrorKind.InvalidPadding);
        if (header.Length > _receiveWindow) return Fail(Http2ErrorKind.ConnectionWindowExceeded);
        _receiveWindow -= header.Length;
        _inData = true;
        _dataEndsStream = (header.Flags & Http2FrameFlags.EndStream) != 0;
        _dataLeft = header.Length - overhead;
        _paddingLeft = Math.Max(padding, 0);
        _paddingCredited = false;
        _dataStream = null;
        // The byte that says how much padding there is.
        if (overhead > 0) Credit(1);

        if (!_streams.TryGetValue(header.StreamId, out Http2Stream? stream)) return OnClosedStream(header.StreamId);
        if (stream.RemoteEnded) return FailStream(stream, Http2ErrorKind.FrameAfterEndStream);
        if (!stream.HeadReceived) return FailStream(stream, Http2ErrorKind.DataBeforeHeaders);
        if (header.Length > stream.ReceiveWindow) return FailStream(stream, Http2ErrorKind.StreamWindowExceeded);
        // Before the first byte is told, so that it does not depend on how the frame was split into reads.
        if (!HasRightLength(stream, _dataLeft, _dataEndsStream)) return FailStream(stream, Http2ErrorKind.ContentLengthMismatch);
        _dataStream = stream;
        stream.ReceiveWindow -= header.Length;
        if (overhead > 0)
        {
            // Padding is consumed as it comes.
            _paddingCredited = true;
            stream.Unconsumed += padding;
            stream.Credit++;
            Consume(stream, padding);
        }
        if (_dataLeft > 0) _idleFrames.Earn(1);
        else if (!_dataEndsStream) return SpendIdle(Http2ErrorKind.EmptyDataFlood);
        return default;
    }

    private Http2Event ReadData(ReadOnlySpan<byte> rest, scoped ref int consumed)
    {
        int take = Math.Min(rest.Length, _dataLeft);
        _dataLeft -= take;
        consumed += take;
        int padding = 0;
        if (_dataLeft == 0)
        {
            padding = Math.Min(rest.Length - take, _paddingLeft);
            _paddingLeft -= padding;
            consumed += padding;
            _inData = _paddingLeft > 0;
        }

        Http2Stream? stream = _dataStream;
        if (stream is null)
        {
            Credit(_paddingCredited ? take : take + padding);
            return default;
        }
        stream.ReceivedBytes += take;
        stream.Unconsumed += take;
        bool ends = _dataEndsStream && !_inData;
        if (ends)
        {
            stream.RemoteEnded = true;
            CloseIfEnded(stream);
        }
        if (take == 0 && !ends) return default;
        return new() { Kind = Http2EventKind.Data, Stream = stream, Data = rest[..take], EndStream = ends };
    }

    /// <summary>RFC 9113 §8.1.1.</summary>
    private static bool HasRightLength(Http2Stream stream, int more, bool ends)
    {
        long received = stream.ReceivedBytes + more;
        long length = stream.Head.ContentLength;
        if (length < 0) return true;
        if (stream.ExpectsNoBody || stream.Head.Status is 204 or 304) return received == 0;
        return ends ? received == length : received <= length;
    }

    /// <summary>A frame came on a stream that is not open: it may have crossed our reset, else it is an error (RFC 9113 §5.1).</summary>
    private Http2Event OnClosedStream(int id)
    {
        if (IsIdle(id)) return Fail(Http2ErrorKind.FrameOnIdleStream);
        if (!_resetStreams.MayContain(id) && !IsBeyondGoAway(id)) return Fail(Http2ErrorKind.FrameOnClosedStream);
        return SpendIdle(Http2ErrorKind.ClosedStreamFlood);
    }

    private bool IsIdle(int id) => _isServer
        ? (id & 1) == 0 || id > _lastRemoteId
        : (id & 1) == 0 || (_nextLocalId > 0 && id >= _nextLocalId);

    private Http2Event SpendIdle(Http2ErrorKind kind) => _idleFrames.TrySpend(NowMs) ? default : Fail(kind);

    private static uint ReadUInt32(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32BigEndian(bytes);
}
