using System.Buffers.Binary;
using System.Text;

namespace Tulle.Http.Http2;

public sealed partial class Http2Connection
{
    private long _sendWindow = Http2Settings.DefaultWindow;
    private int _receiveWindow = Http2Settings.DefaultWindow;
    private int _credit;
    private bool _isBlocked;
    private int _headStart;
    private bool _isFinalHead;

    /// <summary>Begins a request's head: to be followed by <see cref="Field"/>s and <see cref="EndHead"/> before anything else is written.</summary>
    /// <param name="stream">A stream just opened.</param>
    /// <param name="method">:method.</param>
    /// <param name="scheme">:scheme; empty for CONNECT.</param>
    /// <param name="authority">:authority; left out when empty.</param>
    /// <param name="target">:path with query; empty for CONNECT.</param>
    /// <param name="protocol">:protocol of an extended CONNECT (RFC 8441); empty otherwise.</param>
    public void BeginRequest(
        Http2Stream stream, ReadOnlySpan<byte> method, ReadOnlySpan<byte> scheme, ReadOnlySpan<byte> authority, ReadOnlySpan<byte> target,
        ReadOnlySpan<byte> protocol = default)
    {
        _isFinalHead = true;
        stream.ExpectsNoBody = method.SequenceEqual("HEAD"u8);
        BeginHead();
        _encoder.Field(_output, ":method"u8, method);
        if (!scheme.IsEmpty) _encoder.Field(_output, ":scheme"u8, scheme);
        if (!target.IsEmpty) _encoder.Field(_output, ":path"u8, target);
        if (!authority.IsEmpty) _encoder.Field(_output, ":authority"u8, authority);
        if (!protocol.IsEmpty) _encoder.Field(_output, ":protocol"u8, protocol);
    }

    /// <summary>Begins the head of a response, interim or final; see <see cref="BeginRequest"/>.</summary>
    public void BeginResponse(int status)
    {
        _isFinalHead = status >= 200;
        BeginHead();
        _encoder.Status(_output, status);
    }

    /// <summary>Begins trailers; they end the stream.</summary>
    public void BeginTrailers()
    {
        _isFinalHead = false;
        BeginHead();
    }

    /// <summary>Writes a field; the name is put into lower case (RFC 9113 §8.2.1).</summary>
    /// <param name="neverIndexed">It came so, and must go on so (RFC 7541 §7.1.3).</param>
    public void Field(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool neverIndexed = false)
    {
        if (!name.ContainsAnyInRange((byte)'A', (byte)'Z'))
        {
            _encoder.Field(_output, name, value, neverIndexed);
            return;
        }
        Span<byte> lower = stackalloc byte[Math.Min(name.Length, MaxNameBytes)];
        if (name.Length > lower.Length) return;
        Ascii.ToLower(name, lower, out _);
        _encoder.Field(_output, lower, value, neverIndexed);
    }

    /// <summary>Ends the head that was begun, as one HEADERS frame and as many CONTINUATION frames as it needs.</summary>
    public void EndHead(Http2Stream stream, bool endStream)
    {
        int length = _output.Length - _headStart - Http2FrameHeader.Size;
        stream.HeadSent = true;
        Http2FrameFlags flags = endStream ? Http2FrameFlags.EndStream : Http2FrameFlags.None;
        if (length <= _peer.MaxFrameSize)
        {
            new Http2FrameHeader(length, Http2FrameType.Headers, flags | Http2FrameFlags.EndHeaders, stream.Id)
                .Write(_output.Last(length + Http2FrameHeader.Size));
            if (!endStream && _isFinalHead) MarkTail(stream.Id, length + Http2FrameHeader.Size);
        }
        else
        {
            SplitHead(stream.Id, length, flags);
        }
        if (endStream) EndLocal(stream);
    }

    /// <summary>How much body a stream may send now. When it is 0, <see cref="Http2EventKind.WindowOpened"/> or sending <see cref="Output"/> changes that.</summary>
    public int SendCapacity(Http2Stream stream)
    {
        if (stream.LocalEnded || stream.IsReset) return 0;
        long window = Math.Min(stream.SendWindow, _sendWindow);
        if (stream.SendWindow <= 0) stream.IsBlocked = true;
        if (_sendWindow <= 0) _isBlocked = true;
        return (int)Math.Max(0, Math.Min(window, _limits.OutputBytes - _output.Length));
    }

    /// <summary>
    /// Writes DATA as far as windows and output allow; returns the bytes taken. The stream is ended only with all of them.
    /// A stream that was reset takes everything, and nothing is sent.
    /// </summary>
    public int WriteData(Http2Stream stream, ReadOnlySpan<byte> data, bool endStream)
    {
        if (stream.IsReset || stream.LocalEnded) return data.Length;
        int allowed = Math.Min(data.Length, SendCapacity(stream));
        if (data.Length > 0 && allowed == 0) return 0;
        endStream &= allowed == data.Length;
        int written = 0;
        do
        {
            int length = Math.Min(allowed - written, _peer.MaxFrameSize);
            bool last = endStream && written + length == allowed;
            if (length == 0 && !last) break;
            Span<byte> payload = BeginFrame(length, Http2FrameType.Data, last ? Http2FrameFlags.EndStream : Http2FrameFlags.None, stream.Id);
            data.Slice(written, length).CopyTo(payload);
            MarkTail(stream.Id, Http2FrameHeader.Size + length);
            written += length;
            _idleFrames.Earn(WindowUpdatesPerFrame * (1 + length / Http2FrameHeader.DefaultMaxPayload));
        }
        while (written < allowed);
        stream.SendWindow -= written;
        _sendWindow -= written;
        if (endStream) EndLocal(stream);
        return written;
    }

    /// <summary>
    /// Ends our side of a stream without trailers. Where its last frame still waits to be sent as the last one, that frame
    /// says so; else an empty DATA frame does.
    /// </summary>
    public void End(Http2Stream stream)
    {
        if (stream.IsReset || stream.LocalEnded) return;
        if (_tailStream == stream.Id && _tailPosition == _output.Position && _output.Length >= _tailLength)
        {
            _output.Last(_tailLength)[FlagsOffset] |= (byte)Http2FrameFlags.EndStream;
            EndLocal(stream);
            return;
        }
        WriteData(stream, default, endStream: true);
    }

    // What DATA of ours may be answered by: Envoy's figure for a frame, here for each 16 KiB of it. Go tells of every 4 KiB that were read,
    // of the stream and of the connection.
    private const int WindowUpdatesPerFrame = 10;

    private const int MaxNameBytes = 1024;
    private const int FlagsOffset = 4;

    // The last HEADERS or DATA frame, while nothing was written behind it.
    private int _tailStream;
    private int _tailLength;
    private long _tailPosition;

    private void MarkTail(int stream, int length)
    {
        _tailStream = stream;
        _tailLength = length;
        _tailPosition = _output.Position;
    }

    private void EndLocal(Http2Stream stream)
    {
        stream.LocalEnded = true;
        CloseIfEnded(stream);
    }

    private void BeginHead()
    {
        _headStart = _output.Length;
        _output.Reserve(Http2FrameHeader.Size);
        _output.Commit(Http2FrameHeader.Size);
        _encoder.Begin(_output);
    }

    /// <summary>Opens gaps in the block for the headers of the frames, from its end, so that each byte moves once.</summary>
    private void SplitHead(int id, int length, Http2FrameFlags flags)
    {
        int max = _peer.MaxFrameSize;
        int more = (length - 1) / max;
        _output.Reserve(more * Http2FrameHeader.Size);
        _output.Commit(more * Http2FrameHeader.Size);
        Span<byte> frames = _output.Last(Http2FrameHeader.Size + length + more * Http2FrameHeader.Size);
        for (int i = more; i > 0; i--)
        {
            int start = i * max, end = Math.Min(length, start + max);
            int target = i * (max + Http2FrameHeader.Size);
            frames[(Http2FrameHeader.Size + start)..(Http2FrameHeader.Size + end)].CopyTo(frames[(target + Http2FrameHeader.Size)..]);
            Http2FrameFlags last = i == more ? Http2FrameFlags.EndHeaders : Http2FrameFlags.None;
            new Http2FrameHeader(end - start, Http2FrameType.Continuation, last, id).Write(frames[target..]);
        }
        new Http2FrameHeader(max, Http2FrameType.Headers, flags, id).Write(frames);
    }

    /// <summary>RFC 9113 §3.4: what each side sends first.</summary>
    private void WriteStart()
    {
        Span<byte> preface = _output.Reserve(Preface.Length);
        if (!_isServer)
        {
            Preface.CopyTo(preface);
            _output.Commit(Preface.Length);
        }
        Span<byte> settings = BeginFrame(SettingSize * 3, Http2FrameType.Settings, Http2FrameFlags.None, 0);
        if (_isServer) WriteSetting(settings, Http2SettingId.MaxConcurrentStreams, _limits.ConcurrentStreams);
        else WriteSetting(settings, Http2SettingId.EnablePush, 0);
        WriteSetting(settings[SettingSize..], Http2SettingId.InitialWindowSize, _limits.StreamWindow);
        if (_isServer) WriteSetting(settings[(2 * SettingSize)..], Http2SettingId.EnableConnectProtocol, 1);
        else WriteSetting(settings[(2 * SettingSize)..], Http2SettingId.MaxHeaderListSize, _limits.HeaderListBytes);
        _settingsUnanswered++;
        int more = _limits.ConnectionWindow - Http2Settings.DefaultWindow;
        if (more <= 0) return;
        WriteWindowUpdate(0, more);
        _receiveWindow += more;
    }

    private static void WriteSetting(Span<byte> target, Http2SettingId id, int value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(target, (ushort)id);
        BinaryPrimitives.WriteInt32BigEndian(target[2..], value);
    }

    /// <summary>Writes a frame's header and returns the room for its payload, which counts as written.</summary>
    private Span<byte> BeginFrame(int length, Http2FrameType type, Http2FrameFlags flags, int stream)
    {
        Span<byte> frame = _output.Reserve(Http2FrameHeader.Size + length);
        new Http2FrameHeader(length, type, flags, stream).Write(frame);
        _output.Commit(Http2FrameHeader.Size + length);
        return frame.Slice(Http2FrameHeader.Size, length);
    }

    private void WriteWindowUpdate(int stream, int increment) =>
        BinaryPrimitives.WriteInt32BigEndian(BeginFrame(4, Http2FrameType.WindowUpdate, Http2FrameFlags.None, stream), increment);

    private void WriteReset(int stream, Http2ErrorCode code) =>
        BinaryPrimitives.WriteUInt32BigEndian(BeginFrame(4, Http2FrameType.RstStream, Http2FrameFlags.None, stream), (uint)code);

    private void WriteGoAway(int lastStream, Http2ErrorCode code)
    {
        Span<byte> payload = BeginFrame(8, Http2FrameType.GoAway, Http2FrameFlags.None, 0);
        BinaryPrimitives.WriteInt32BigEndian(payload, lastStream);
        BinaryPrimitives.WriteUInt32BigEndian(payload[4..], (uint)code);
    }

    /// <summary>RFC 9113 §10.5.1, RFC 6585 §5.</summary>
    private void WriteTooLarge(Http2Stream stream)
    {
        BeginResponse(431);
        EndHead(stream, endStream: true);
    }
}
