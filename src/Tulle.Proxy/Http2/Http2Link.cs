using Tulle.Http.Http2;
using Tulle.Proxy.Forwarding;
using Tulle.Transport;

namespace Tulle.Proxy.Http2;

/// <summary>
/// A socket and the codec on it: reads frames and hands them to the channels of their streams, collects what these write, and
/// sends it once per turn of the loop. The strand that owns it calls <see cref="Run"/> whenever it wakes. Loop thread only.
/// </summary>
internal sealed partial class Http2Link
{
    // After this many bytes the other connections of the loop get their turn.
    private const int BytesPerTurn = 256 * 1024;

    private readonly Strand _strand;
    private readonly IHttp2LinkOwner _owner;
    private bool _flushScheduled;

    public Http2Link(Connection connection, Http2Connection codec, Strand strand, IHttp2LinkOwner owner)
    {
        Connection = connection;
        Codec = codec;
        _strand = strand;
        _owner = owner;
    }

    public Connection Connection { get; }

    public Http2Connection Codec { get; }

    /// <summary>Nothing can be read or written any more.</summary>
    public bool IsLost { get; private set; }

    /// <summary>Milliseconds of the loop's clock when bytes last came.</summary>
    public long ReceivedAtMs { get; set; }

    /// <summary>When bytes were last sent, or nothing waited to be.</summary>
    public long SentAtMs { get; set; }

    /// <summary>A PING of ours was answered, ever.</summary>
    public bool PingAnswered { get; private set; }

    /// <summary>Whether the first bytes of a frame wait for the rest of it.</summary>
    public bool IsInsideFrame => !Connection.Received.IsEmpty;

    public void OnStreamReleased()
    {
        ScheduleFlush();
        _owner.OnStreamReleased();
    }

    /// <summary>What was written goes out when everything else on the loop has had its turn.</summary>
    public void ScheduleFlush()
    {
        if (_flushScheduled || IsLost || Codec.OutputLength == 0) return;
        _flushScheduled = true;
        _strand.Yield();
    }

    /// <summary>Reads, hands out and sends whatever is possible now. Failed: the link is lost, and every channel knows.</summary>
    public Step Run()
    {
        if (IsLost) return Step.Failed;
        _flushScheduled = false;
        Codec.NowMs = _strand.Loop.NowMs;
        int budget = BytesPerTurn;
        if (!Flush()) return Lose();
        bool paused;
        while (!(paused = Codec.IsReadingPaused))
        {
            int before = Connection.Received.Length;
            bool alive = Dispatch();
            WakeReady();
            if (!alive || IsLost)
            {
                // GOAWAY says why, if the peer still takes it.
                if (!IsLost) Flush();
                return Lose();
            }
            budget -= before;
            if (budget <= 0)
            {
                _flushScheduled = true;
                _strand.Yield();
                break;
            }
            IoStatus received = Connection.Receive();
            if (received == IoStatus.Wait) break;
            if (received == IoStatus.Done || (received == IoStatus.Full && Connection.Grow()))
            {
                ReceivedAtMs = Codec.NowMs;
                continue;
            }
            return Lose();
        }
        if (!Flush()) return Lose();
        if (Codec.OutputLength < Codec.Limits.OutputBytes) WakeWriters(all: false);
        if (!Flush()) return Lose();
        // What could not be read for what waited to be sent makes no further event.
        if (paused && !Codec.IsReadingPaused) _strand.Yield();
        return Step.Wait;
    }

    /// <summary>Gives the link up: every stream on it fails.</summary>
    public Step Lose()
    {
        if (IsLost) return Step.Failed;
        IsLost = true;
        _owner.OnLosing();
        Codec.Close();
        Connection.Close();
        WakeAll();
        return Step.Failed;
    }

    private bool Flush()
    {
        while (Codec.OutputLength > 0 || Connection.HasUnsent)
        {
            if (Connection.HasUnsent)
            {
                IoStatus flushed = Connection.Flush();
                if (flushed != IoStatus.Done) return flushed == IoStatus.Wait;
                continue;
            }
            int n = Connection.Write(Codec.Output);
            if (n < 0) return false;
            if (n == 0) return true;
            SentAtMs = Codec.NowMs;
            Codec.Sent(n);
        }
        SentAtMs = Codec.NowMs;
        return true;
    }

    /// <summary>Takes the frames that are here. False when the connection is over.</summary>
    private bool Dispatch()
    {
        while (true)
        {
            Http2Event e = Codec.Read(Connection.Received, out int consumed);
            Http2Channel? channel = e.Stream?.Owner as Http2Channel;
            switch (e.Kind)
            {
                case Http2EventKind.NeedMore:
                    Connection.Consume(consumed);
                    return true;
                case Http2EventKind.Request:
                    _owner.OnRequest(e.Stream!, e.EndStream);
                    break;
                case Http2EventKind.Response when channel is not null:
                    channel.HeadArrived = true;
                    channel.Ended |= e.EndStream;
                    MakeReady(channel);
                    break;
                case Http2EventKind.Interim when channel is not null:
                    // At once: the next head takes its place.
                    channel.HeadArrived = true;
                    MakeReady(channel);
                    WakeReady();
                    if (IsLost) return false;
                    break;
                case Http2EventKind.Data when channel is not null:
                    channel.Body.Append(e.Data);
                    channel.Ended |= e.EndStream;
                    MakeReady(channel);
                    break;
                case Http2EventKind.Trailers when channel is not null:
                    channel.Ended = true;
                    MakeReady(channel);
                    break;
                case Http2EventKind.Reset:
                    if (e.Error.Kind is not (Http2ErrorKind.ResetByPeer or Http2ErrorKind.RefusedByGoAway)) _owner.OnError(e.Error);
                    if (channel is not null) MakeReady(channel);
                    break;
                case Http2EventKind.Refused:
                    _owner.OnError(e.Error);
                    break;
                case Http2EventKind.WindowOpened when channel is not null:
                    MakeReady(channel);
                    break;
                case Http2EventKind.WindowOpened or Http2EventKind.Settings:
                    WakeWriters(all: true);
                    break;
                case Http2EventKind.PingAnswered:
                    PingAnswered = true;
                    break;
                case Http2EventKind.ConnectionError:
                    _owner.OnError(e.Error);
                    return false;
                default:
                    break;
            }
            Connection.Consume(consumed);
        }
    }
}
