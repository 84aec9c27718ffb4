using Tulle.Http.Http2.Hpack;

namespace Tulle.Http.Http2;

/// <summary>
/// One end of an HTTP/2 connection without its I/O (RFC 9113): bytes that came go into <see cref="Read"/>, which tells one
/// event after the other; bytes to be sent collect in <see cref="Output"/>. Frames that are answered by rule (SETTINGS,
/// PING, errors) are answered here. Nothing is allocated in steady state. One thread at a time.
/// </summary>
/// <remarks>
/// The owner sends <see cref="Output"/> whenever it has time, and does not read while more than
/// <see cref="Http2Limits.OutputPauseBytes"/> wait; so a peer that asks but does not listen is held up. Bodies are held up
/// by not calling <see cref="Consume"/>.
/// </remarks>
public sealed partial class Http2Connection
{
    private readonly Http2Limits _limits;
    private readonly bool _isServer;
    private readonly Dictionary<int, Http2Stream> _streams = [];
    private readonly HpackDecoder _decoder;
    private readonly HpackEncoder _encoder;
    private readonly Http2Memory _memory;
    private readonly Http2OutputBuffer _output;
    private Http2Settings _peer = new();
    private Http2Budget _resets;
    private Http2Budget _idleFrames;
    private ResetStreams _resetStreams;
    private Http2Error _error;
    private int _lastRemoteId;
    private int _nextLocalId = 1;
    private int _unreleased;
    private bool _isClosed;

    /// <param name="role">Which end it is.</param>
    /// <param name="limits">Limits; null for the defaults.</param>
    /// <param name="memory">Where buffers and streams come from; null for a pool of its own.</param>
    /// <param name="nowMs">The owner's clock in milliseconds; see <see cref="NowMs"/>.</param>
    public Http2Connection(Http2Role role, Http2Limits? limits = null, Http2Memory? memory = null, long nowMs = 0)
    {
        _limits = limits ?? Http2Limits.Default;
        _isServer = role == Http2Role.Server;
        _memory = memory ?? new Http2Memory();
        _output = new Http2OutputBuffer(_memory);
        _decoder = new HpackDecoder(Http2Settings.DefaultHeaderTableSize);
        _encoder = new HpackEncoder(Http2Settings.DefaultHeaderTableSize, huffman: false);
        _resets = new Http2Budget(_limits.ResetBurst, _limits.ResetsPerSecond);
        _idleFrames = new Http2Budget(_limits.IdleFrameBurst, _limits.IdleFramesPerSecond);
        _resets.Start(nowMs);
        _idleFrames.Start(nowMs);
        NowMs = nowMs;
        _needsPreface = _isServer;
        WriteStart();
    }

    /// <summary>The owner's clock in milliseconds, for limits per time. To be set before reading.</summary>
    public long NowMs { get; set; }

    /// <summary>What waits to be sent; <see cref="Sent"/> drops it. Valid until the next call.</summary>
    public ReadOnlySpan<byte> Output => _output.Pending;

    /// <summary>Bytes that wait to be sent.</summary>
    public int OutputLength => _output.Length;

    /// <summary>So much waits to be sent that nothing should be read before it is.</summary>
    public bool IsReadingPaused => _output.Length >= _limits.OutputPauseBytes;

    /// <summary>What the peer has announced.</summary>
    public Http2Settings Peer => _peer;

    /// <summary>The limits that the peer is held to.</summary>
    public Http2Limits Limits => _limits;

    /// <summary>Streams that are open on the wire.</summary>
    public int OpenStreams => _streams.Count;

    /// <summary>Streams that were not released yet.</summary>
    public int UnreleasedStreams => _unreleased;

    /// <summary>The peer's first SETTINGS came.</summary>
    public bool IsEstablished => !_needsSettings;

    /// <summary>The connection broke the protocol or a limit; kind None while it did not.</summary>
    public Http2Error Error => _error;

    /// <summary>The peer takes no new streams any more.</summary>
    public bool PeerGoesAway { get; private set; }

    /// <summary>We take no new streams any more.</summary>
    public bool GoesAway => _goAwayLimit >= 0;

    /// <summary>Client: another stream may be opened now.</summary>
    public bool CanOpen => !PeerGoesAway && _error.Kind == Http2ErrorKind.None && _nextLocalId > 0 && (uint)_streams.Count < _peer.MaxConcurrentStreams;

    /// <summary>Client: a new stream, whose request must be written next; null when <see cref="CanOpen"/> is false.</summary>
    public Http2Stream? TryOpen()
    {
        if (!CanOpen) return null;
        Http2Stream stream = NewStream(_nextLocalId);
        // After the last identifier the connection is used up, RFC 9113 §5.1.1.
        _nextLocalId = _nextLocalId == int.MaxValue ? -1 : _nextLocalId + 2;
        return stream;
    }

    /// <summary>Drops bytes at the front of <see cref="Output"/>.</summary>
    public void Sent(int bytes) => _output.Consume(bytes);

    /// <summary>
    /// The owner has passed on or dropped bytes of body, so the peer may send as many again. Updates are sent when half of a
    /// window is free, so that they are few.
    /// </summary>
    public void Consume(Http2Stream stream, int bytes)
    {
        stream.Unconsumed -= bytes;
        Credit(bytes);
        if (stream.RemoteEnded || stream.IsReset) return;
        stream.Credit += bytes;
        if (stream.Credit < _limits.StreamWindow / 2) return;
        WriteWindowUpdate(stream.Id, stream.Credit);
        stream.ReceiveWindow += stream.Credit;
        stream.Credit = 0;
    }

    /// <summary>Resets a stream that is not closed; otherwise does nothing.</summary>
    public void Reset(Http2Stream stream, Http2ErrorCode code)
    {
        if (stream.IsClosed) return;
        // A stream that never was on the wire has nothing to be reset, and on a connection that is gone nothing has.
        if (_isClosed || (!_isServer && !stream.LocalEnded && !stream.HeadSent)) Forget(stream, new Http2Error(Http2ErrorKind.None, code));
        else Abandon(stream, new Http2Error(Http2ErrorKind.None, code));
    }

    /// <summary>The owner is done with a stream; one that is not closed is reset with the code.</summary>
    public void Release(Http2Stream stream, Http2ErrorCode code = Http2ErrorCode.Cancel)
    {
        Reset(stream, code);
        if (stream.Unconsumed > 0 && !_isClosed) Credit(stream.Unconsumed);
        _unreleased--;
        stream.Reset();
        _memory.Streams.Return(stream);
    }

    /// <summary>Gives everything back that is borrowed, but streams, which can still be released. Before the object is dropped.</summary>
    public void Close()
    {
        _isClosed = true;
        _output.Release();
        ReleaseBlock();
    }

    private Http2Stream NewStream(int id)
    {
        Http2Stream stream = _memory.Streams.Rent();
        stream.Start(id, _peer.InitialWindow, _limits);
        _streams.Add(id, stream);
        _unreleased++;
        return stream;
    }

    private void Credit(int bytes)
    {
        _credit += bytes;
        if (_credit < _limits.ConnectionWindow / 2) return;
        WriteWindowUpdate(0, _credit);
        _receiveWindow += _credit;
        _credit = 0;
    }

    /// <summary>Resets a stream on our account.</summary>
    private void Abandon(Http2Stream stream, Http2Error error)
    {
        WriteReset(stream.Id, error.Code);
        _resetStreams.Add(stream.Id);
        Forget(stream, error);
    }

    /// <summary>Takes a stream off the wire.</summary>
    private void Forget(Http2Stream stream, Http2Error error)
    {
        stream.IsReset = true;
        stream.Error = error;
        if (_dataStream == stream) _dataStream = null;
        Remove(stream);
    }

    /// <summary>Takes it off the wire when both sides have ended.</summary>
    private void CloseIfEnded(Http2Stream stream)
    {
        if (stream.RemoteEnded && stream.LocalEnded && !stream.IsReset) Remove(stream);
    }

    private void Remove(Http2Stream stream)
    {
        _streams.Remove(stream.Id);
        if (_notProcessed.Count > 0) _notProcessed.Remove(stream);
    }
}
