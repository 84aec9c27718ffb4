using System.Buffers.Binary;

namespace Tulle.Http.Http2;

public sealed partial class Http2Connection
{
    private const int SettingSize = 6;

    private readonly List<Http2Stream> _notProcessed = [];
    private int _goAwayLimit = -1;
    private int _peerGoAwayLimit = int.MaxValue;
    private int _settingsUnanswered;
    private int _pingsUnanswered;

    /// <summary>SETTINGS that the peer has not acknowledged; after a while that is SETTINGS_TIMEOUT (RFC 9113 §6.5.3).</summary>
    public bool HasUnansweredSettings => _settingsUnanswered > 0;

    /// <summary>A PING that the peer has not answered.</summary>
    public bool HasUnansweredPing => _pingsUnanswered > 0;

    /// <summary>
    /// Says that no new streams are taken. With <paramref name="lastStream"/> at its default those that came stay; a first
    /// GOAWAY with the largest identifier announces it to clients whose requests are on their way (RFC 9113 §6.8).
    /// </summary>
    public void GoAway(Http2ErrorCode code = Http2ErrorCode.NoError, int? lastStream = null)
    {
        int last = Math.Min(lastStream ?? _lastRemoteId, _goAwayLimit < 0 ? int.MaxValue : _goAwayLimit);
        WriteGoAway(last, code);
        _goAwayLimit = last;
    }

    /// <summary>Asks for a sign of life; <see cref="Http2EventKind.PingAnswered"/> follows.</summary>
    public void Ping()
    {
        _pingsUnanswered++;
        Span<byte> frame = BeginFrame(8, Http2FrameType.Ping, Http2FrameFlags.None, 0);
        frame.Clear();
    }

    /// <summary>Ends the connection because of its peer, for a reason that only the owner sees.</summary>
    public void Abort(Http2ErrorCode code)
    {
        if (_error.Kind != Http2ErrorKind.None) return;
        WriteGoAway(_lastRemoteId, code);
        _error = new Http2Error(Http2ErrorKind.ResetByPeer, code);
    }

    private bool IsBeyondGoAway(int id) => _goAwayLimit >= 0 && id > _goAwayLimit;

    /// <summary>RFC 9113 §6.5.</summary>
    private Http2Event OnSettings(Http2FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.StreamId != 0) return Fail(Http2ErrorKind.FrameOnStream);
        if ((header.Flags & Http2FrameFlags.Ack) != 0)
        {
            if (!payload.IsEmpty) return Fail(Http2ErrorKind.InvalidFrameLength);
            if (_settingsUnanswered == 0) return SpendIdle(Http2ErrorKind.SettingsFlood);
            _settingsUnanswered--;
            return default;
        }
        if (payload.Length % SettingSize != 0) return Fail(Http2ErrorKind.InvalidFrameLength);
        if (!_needsSettings && !_idleFrames.TrySpend(NowMs)) return Fail(Http2ErrorKind.SettingsFlood);
        _needsSettings = false;
        Http2ErrorKind wrong = Apply(payload);
        if (wrong != Http2ErrorKind.None) return Fail(wrong);
        BeginFrame(0, Http2FrameType.Settings, Http2FrameFlags.Ack, 0);
        return new() { Kind = Http2EventKind.Settings };
    }

    private Http2ErrorKind Apply(ReadOnlySpan<byte> settings)
    {
        for (; !settings.IsEmpty; settings = settings[SettingSize..])
        {
            Http2ErrorKind wrong = Apply((Http2SettingId)BinaryPrimitives.ReadUInt16BigEndian(settings), ReadUInt32(settings[2..]));
            if (wrong != Http2ErrorKind.None) return wrong;
        }
        return Http2ErrorKind.None;
    }

    /// <summary>RFC 9113 §6.5.2, RFC 8441 §3.</summary>
    private Http2ErrorKind Apply(Http2SettingId id, uint value)
    {
        switch (id)
        {
            case Http2SettingId.HeaderTableSize:
                _peer.HeaderTableSize = value;
                _encoder.SetMaxTableSize((int)Math.Min(value, int.MaxValue));
                return Http2ErrorKind.None;
            case Http2SettingId.EnablePush:
                // A server must not send 1, RFC 9113 §6.5.2.
                return value > (_isServer ? 1u : 0u) ? Http2ErrorKind.InvalidSetting : Http2ErrorKind.None;
            case Http2SettingId.MaxConcurrentStreams:
                _peer.MaxConcurrentStreams = value;
                return Http2ErrorKind.None;
            case Http2SettingId.InitialWindowSize:
                return value > int.MaxValue ? Http2ErrorKind.InvalidWindowSetting : ApplyInitialWindow((int)value);
            case Http2SettingId.MaxFrameSize:
                if (value is < Http2FrameHeader.DefaultMaxPayload or > 0xFF_FFFF) return Http2ErrorKind.InvalidSetting;
                _peer.MaxFrameSize = (int)value;
                return Http2ErrorKind.None;
            case Http2SettingId.MaxHeaderListSize:
                _peer.MaxHeaderListSize = value;
                return Http2ErrorKind.None;
            case Http2SettingId.EnableConnectProtocol:
                // RFC 8441 §3: 0 or 1, and never back to 0.
                if (value > 1 || (value == 0 && _peer.EnableConnectProtocol)) return Http2ErrorKind.InvalidSetting;
                _peer.EnableConnectProtocol = value == 1;
                return Http2ErrorKind.None;
            default:
                return Http2ErrorKind.None;
        }
    }

    /// <summary>RFC 9113 §6.9.2: the windows of all streams move by the difference, and may become negative.</summary>
    private Http2ErrorKind ApplyInitialWindow(int window)
    {
        long difference = (long)window - _peer.InitialWindow;
        _peer.InitialWindow = window;
        foreach (KeyValuePair<int, Http2Stream> pair in _streams)
        {
            pair.Value.SendWindow += difference;
            if (pair.Value.SendWindow > int.MaxValue) return Http2ErrorKind.InvalidWindowSetting;
        }
        return Http2ErrorKind.None;
    }

    /// <summary>RFC 9113 §6.9.</summary>
    private Http2Event OnWindowUpdate(Http2FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (payload.Length != 4) return Fail(Http2ErrorKind.InvalidFrameLength);
        int increment = (int)(ReadUInt32(payload) & 0x7FFF_FFFF);
        if (!_idleFrames.TrySpend(NowMs)) return Fail(Http2ErrorKind.WindowUpdateFlood);
        if (header.StreamId == 0)
        {
            if (increment == 0) return Fail(Http2ErrorKind.WindowIncrementZero);
            _sendWindow += increment;
            if (_sendWindow > int.MaxValue) return Fail(Http2ErrorKind.ConnectionWindowOverflow);
            if (!_isBlocked) return default;
            _isBlocked = false;
            return new() { Kind = Http2EventKind.WindowOpened };
        }

        if (!_streams.TryGetValue(header.StreamId, out Http2Stream? stream))
            return IsIdle(header.StreamId) ? Fail(Http2ErrorKind.FrameOnIdleStream) : default;
        if (increment == 0) return FailStream(stream, Http2ErrorKind.StreamWindowIncrementZero);
        stream.SendWindow += increment;
        if (stream.SendWindow > int.MaxValue) return FailStream(stream, Http2ErrorKind.StreamWindowOverflow);
        if (!stream.IsBlocked || stream.SendWindow <= 0) return default;
        stream.IsBlocked = false;
        return new() { Kind = Http2EventKind.WindowOpened, Stream = stream };
    }

    /// <summary>RFC 9113 §6.4.</summary>
    private Http2Event OnRstStream(Http2FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.StreamId == 0) return Fail(Http2ErrorKind.FrameOnStreamZero);
        if (payload.Length != 4) return Fail(Http2ErrorKind.InvalidFrameLength);
        if (!_streams.TryGetValue(header.StreamId, out Http2Stream? stream))
            return IsIdle(header.StreamId) ? Fail(Http2ErrorKind.FrameOnIdleStream) : SpendIdle(Http2ErrorKind.ClosedStreamFlood);
        // A server's resets cost it the work, a client's cost us.
        if (_isServer && !_resets.TrySpend(NowMs)) return Fail(Http2ErrorKind.RapidReset);
        var error = new Http2Error(Http2ErrorKind.ResetByPeer, (Http2ErrorCode)ReadUInt32(payload));
        Forget(stream, error);
        return new() { Kind = Http2EventKind.Reset, Stream = stream, Error = error };
    }

    /// <summary>RFC 9113 §6.7.</summary>
    private Http2Event OnPing(Http2FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.StreamId != 0) return Fail(Http2ErrorKind.FrameOnStream);
        if (payload.Length != 8) return Fail(Http2ErrorKind.InvalidFrameLength);
        if ((header.Flags & Http2FrameFlags.Ack) != 0 && _pingsUnanswered > 0)
        {
            _pingsUnanswered--;
            return new() { Kind = Http2EventKind.PingAnswered };
        }
        if (!_idleFrames.TrySpend(NowMs)) return Fail(Http2ErrorKind.PingFlood);
        if ((header.Flags & Http2FrameFlags.Ack) == 0) payload.CopyTo(BeginFrame(8, Http2FrameType.Ping, Http2FrameFlags.Ack, 0));
        return default;
    }

    /// <summary>RFC 9113 §6.8.</summary>
    private Http2Event OnGoAway(Http2FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (header.StreamId != 0) return Fail(Http2ErrorKind.FrameOnStream);
        if (payload.Length < 8) return Fail(Http2ErrorKind.InvalidFrameLength);
        int last = (int)(ReadUInt32(payload) & 0x7FFF_FFFF);
        if (last > _peerGoAwayLimit) return Fail(Http2ErrorKind.InvalidGoAway);
        if (PeerGoesAway && !_idleFrames.TrySpend(NowMs)) return Fail(Http2ErrorKind.UnknownFrameFlood);
        _peerGoAwayLimit = last;
        PeerGoesAway = true;
        if (!_isServer)
        {
            foreach (KeyValuePair<int, Http2Stream> pair in _streams)
            {
                if (pair.Key > last) _notProcessed.Add(pair.Value);
            }
        }
        return new() { Kind = Http2EventKind.GoAway, Error = new Http2Error(Http2ErrorKind.ResetByPeer, (Http2ErrorCode)ReadUInt32(payload[4..])) };
    }

    private Http2Event NextNotProcessed()
    {
        Http2Stream stream = _notProcessed[^1];
        _notProcessed.RemoveAt(_notProcessed.Count - 1);
        var error = new Http2Error(Http2ErrorKind.RefusedByGoAway);
        Forget(stream, error);
        return new() { Kind = Http2EventKind.Reset, Stream = stream, Error = error };
    }

    /// <summary>RFC 9113 §6.3: obsolete, but its form is still checked.</summary>
    private Http2Event OnPriority(Http2FrameHeader header)
    {
        if (header.StreamId == 0) return Fail(Http2ErrorKind.FrameOnStreamZero);
        if (header.Length != 5) return Fail(Http2ErrorKind.InvalidFrameLength);
        return SpendIdle(Http2ErrorKind.PriorityFlood);
    }

    /// <summary>RFC 9113 §5.4.1: says why, then is done.</summary>
    private Http2Event Fail(Http2ErrorKind kind)
    {
        _error = new Http2Error(kind);
        WriteGoAway(_lastRemoteId, _error.Code);
        return new() { Kind = Http2EventKind.ConnectionError, Error = _error };
    }
}
