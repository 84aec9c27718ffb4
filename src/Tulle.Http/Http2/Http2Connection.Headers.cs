namespace Tulle.Http.Http2;

public sealed partial class Http2Connection
{
    // The field block that waits for CONTINUATION frames.
    private byte[]? _block;
    private int _blockLength;
    private int _blockStream;
    private int _blockFrames;
    private bool _blockEndsStream;

    // Where a block goes that nobody wants, so that the table stays in step.
    private Http2Head? _unwanted;

    /// <summary>RFC 9113 §6.2.</summary>
    private Http2Event OnHeaders(Http2FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.StreamId == 0) return Fail(Http2ErrorKind.FrameOnStreamZero);
        int start = 0, padding = 0;
        if ((header.Flags & Http2FrameFlags.Padded) != 0)
        {
            if (payload.IsEmpty) return Fail(Http2ErrorKind.InvalidFrameLength);
            padding = payload[0];
            start = 1;
        }
        // Priorities are read over, RFC 9113 §5.3.2.
        if ((header.Flags & Http2FrameFlags.Priority) != 0)
        {
            if (payload.Length < start + 5) return Fail(Http2ErrorKind.InvalidFrameLength);
            start += 5;
        }
        if (padding > payload.Length - start) return Fail(Http2ErrorKind.InvalidPadding);
        ReadOnlySpan<byte> fragment = payload[start..^padding];

        bool endsStream = (header.Flags & Http2FrameFlags.EndStream) != 0;
        if ((header.Flags & Http2FrameFlags.EndHeaders) != 0) return OnBlock(header.StreamId, fragment, endsStream);
        _blockStream = header.StreamId;
        _blockEndsStream = endsStream;
        _blockFrames = 0;
        return AppendBlock(fragment);
    }

    /// <summary>RFC 9113 §6.10.</summary>
    private Http2Event OnContinuation(Http2FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.StreamId == 0) return Fail(Http2ErrorKind.FrameOnStreamZero);
        if (_blockStream == 0) return Fail(Http2ErrorKind.UnexpectedContinuation);
        if (++_blockFrames > _limits.ContinuationFrames) return Fail(Http2ErrorKind.ContinuationFlood);
        Http2Event appended = AppendBlock(payload);
        if (appended.Kind != Http2EventKind.NeedMore || (header.Flags & Http2FrameFlags.EndHeaders) == 0) return appended;
        int stream = _blockStream;
        _blockStream = 0;
        Http2Event e = OnBlock(stream, _block.AsSpan(0, _blockLength), _blockEndsStream);
        ReleaseBlock();
        return e;
    }

    private Http2Event AppendBlock(ReadOnlySpan<byte> fragment)
    {
        if (_blockLength + fragment.Length > _limits.HeaderBlockBytes) return Fail(Http2ErrorKind.HeaderBlockTooLarge);
        _block ??= _memory.Rent(_limits.HeaderBlockBytes);
        fragment.CopyTo(_block.AsSpan(_blockLength));
        _blockLength += fragment.Length;
        return default;
    }

    private void ReleaseBlock()
    {
        _blockLength = 0;
        if (_block is null) return;
        _memory.Return(_block);
        _block = null;
    }

    /// <summary>A whole field block came.</summary>
    private Http2Event OnBlock(int id, ReadOnlySpan<byte> block, bool endsStream)
    {
        if (_streams.TryGetValue(id, out Http2Stream? stream)) return OnBlockOfStream(stream, block, endsStream);
        if (_isServer && id > _lastRemoteId) return OnNewStream(id, block, endsStream);
        if (IsIdle(id)) return Fail((id & 1) == 0 ? Http2ErrorKind.InvalidStreamId : Http2ErrorKind.FrameOnIdleStream);
        Http2Event closed = OnClosedStream(id);
        return closed.Kind == Http2EventKind.NeedMore ? Drop(block) : closed;
    }

    private Http2Event OnNewStream(int id, ReadOnlySpan<byte> block, bool endsStream)
    {
        if ((id & 1) == 0) return Fail(Http2ErrorKind.InvalidStreamId);
        _lastRemoteId = id;
        if (IsBeyondGoAway(id)) return Drop(block);
        if (_unreleased >= _limits.ConcurrentStreams)
        {
            Http2Event dropped = Drop(block);
            return dropped.Kind == Http2EventKind.NeedMore ? Refuse(id, Http2ErrorKind.TooManyStreams) : dropped;
        }

        Http2Stream stream = NewStream(id);
        if (!_decoder.TryDecode(block, stream.Head))
        {
            Discard(stream);
            return Fail(Http2ErrorKind.CompressionError);
        }
        stream.Head.FinishRequest(allowsExtendedConnect: true);
        stream.HeadReceived = true;
        Http2ErrorKind problem = stream.Head.Problem;
        if (problem == Http2ErrorKind.None && endsStream && stream.Head.ContentLength > 0) problem = Http2ErrorKind.ContentLengthMismatch;
        if (problem == Http2ErrorKind.None && stream.Head.IsTooLarge)
        {
            WriteTooLarge(stream);
            problem = Http2ErrorKind.HeadTooLarge;
        }
        if (problem != Http2ErrorKind.None)
        {
            Discard(stream);
            return Refuse(id, problem);
        }
        stream.RemoteEnded = endsStream;
        _idleFrames.Earn(1);
        return new() { Kind = Http2EventKind.Request, Stream = stream, EndStream = endsStream };
    }

    /// <summary>Takes back a stream that nobody was told of.</summary>
    private void Discard(Http2Stream stream)
    {
        _streams.Remove(stream.Id);
        stream.IsReset = true;
        Release(stream);
    }

    private Http2Event OnBlockOfStream(Http2Stream stream, ReadOnlySpan<byte> block, bool endsStream)
    {
        if (stream.RemoteEnded)
        {
            Http2Event dropped = Drop(block);
            return dropped.Kind == Http2EventKind.NeedMore ? FailStream(stream, Http2ErrorKind.FrameAfterEndStream) : dropped;
        }
        if (stream.HeadReceived) return OnTrailers(stream, block, endsStream);

        // A client's stream: interim responses, then the final one.
        stream.Head.Reset();
        if (!_decoder.TryDecode(block, stream.Head)) return Fail(Http2ErrorKind.CompressionError);
        stream.Head.FinishResponse();
        if (stream.Head.Problem != Http2ErrorKind.None) return FailStream(stream, stream.Head.Problem);
        if (stream.Head.IsTooLarge) return FailStream(stream, Http2ErrorKind.HeadTooLarge);
        if (stream.Head.IsInterim)
        {
            if (endsStream) return FailStream(stream, Http2ErrorKind.InterimWithEndStream);
            if (++stream.Interims > _limits.InterimResponses) return FailStream(stream, Http2ErrorKind.TooManyInterimResponses);
            return new() { Kind = Http2EventKind.Interim, Stream = stream };
        }
        stream.HeadReceived = true;
        _idleFrames.Earn(1);
        if (endsStream)
        {
            if (!HasRightLength(stream, 0, ends: true)) return FailStream(stream, Http2ErrorKind.ContentLengthMismatch);
            stream.RemoteEnded = true;
            CloseIfEnded(stream);
        }
        return new() { Kind = Http2EventKind.Response, Stream = stream, EndStream = endsStream };
    }

    private Http2Event OnTrailers(Http2Stream stream, ReadOnlySpan<byte> block, bool endsStream)
    {
        if (!_decoder.TryDecode(block, stream.Trailers)) return Fail(Http2ErrorKind.CompressionError);
        stream.Trailers.FinishTrailers();
        if (stream.Trailers.Problem != Http2ErrorKind.None) return FailStream(stream, stream.Trailers.Problem);
        if (stream.Trailers.IsTooLarge) return FailStream(stream, Http2ErrorKind.HeadTooLarge);
        if (!endsStream) return FailStream(stream, Http2ErrorKind.TrailersWithoutEndStream);
        if (!HasRightLength(stream, 0, ends: true)) return FailStream(stream, Http2ErrorKind.ContentLengthMismatch);
        stream.HasTrailers = true;
        stream.RemoteEnded = true;
        CloseIfEnded(stream);
        return new() { Kind = Http2EventKind.Trailers, Stream = stream, EndStream = true };
    }

    /// <summary>Decodes a block for the table's sake only.</summary>
    private Http2Event Drop(ReadOnlySpan<byte> block)
    {
        _unwanted ??= new Http2Head(_limits);
        _unwanted.Reset();
        return _decoder.TryDecode(block, _unwanted) ? default : Fail(Http2ErrorKind.CompressionError);
    }

    /// <summary>Resets a stream that nobody has seen. It costs from the peer's budget: provoked resets are an attack too.</summary>
    private Http2Event Refuse(int id, Http2ErrorKind kind)
    {
        if (!_resets.TrySpend(NowMs)) return Fail(Http2ErrorKind.RapidReset);
        var error = new Http2Error(kind);
        // RFC 9113 §8.1: after a whole response NO_ERROR asks the client to stop sending.
        WriteReset(id, kind == Http2ErrorKind.HeadTooLarge ? Http2ErrorCode.NoError : error.Code);
        _resetStreams.Add(id);
        return new() { Kind = Http2EventKind.Refused, Error = error };
    }

    /// <summary>The peer broke a rule on one stream.</summary>
    private Http2Event FailStream(Http2Stream stream, Http2ErrorKind kind)
    {
        if (!_resets.TrySpend(NowMs)) return Fail(Http2ErrorKind.RapidReset);
        var error = new Http2Error(kind);
        Abandon(stream, error);
        return new() { Kind = Http2EventKind.Reset, Stream = stream, Error = error };
    }
}
