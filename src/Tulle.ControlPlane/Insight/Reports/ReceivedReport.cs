using System.Buffers;
using System.Collections.Concurrent;
using Google.Protobuf;
using Tulle.ControlPlane.Insight.History;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight.Reports;

/// <summary>
/// A report as it came. Those of traffic, nearly all of them, are read into messages that are used again and again: as new ones they would be most of the
/// control plane's garbage. Not thread-safe; nothing of it may be used after <see cref="Release"/>.
/// </summary>
internal sealed class ReceivedReport
{
    /// <summary>Reports that are handled at one time, about.</summary>
    private const int MaxFree = 16;

    /// <summary>Deltas whose messages are kept for the next report.</summary>
    private const int MaxSpare = 64;

    /// <summary>Tags: a field's number and that it has a length (protobuf's wire format).</summary>
    private const byte TrafficTag = (ProxyReport.TrafficFieldNumber << 3) | 2;
    private const byte DeltaTag = (TrafficReport.DeltasFieldNumber << 3) | 2;
    private const byte SecondsTag = TrafficReport.SecondsFieldNumber << 3;

    private static readonly ConcurrentQueue<ReceivedReport> Free = new();
    private static readonly ProxyReport Nothing = new();

    private readonly TrafficReport _traffic = new();
    private readonly List<TrafficDelta> _spare = [];

    /// <summary>What it says of traffic; null when it says something else.</summary>
    public TrafficReport? Traffic { get; private set; }

    /// <summary>What else it says.</summary>
    public ProxyReport Other { get; private set; } = Nothing;

    /// <summary>Reads a message.</summary>
    /// <exception cref="InvalidProtocolBufferException">It is none.</exception>
    public static ReceivedReport Read(ReadOnlySequence<byte> message)
    {
        ReceivedReport report = Free.TryDequeue(out ReceivedReport? free) ? free : new ReceivedReport();
        if (message.FirstSpan is not [TrafficTag, ..]) report.Other = ProxyReport.Parser.ParseFrom(message);
        else if (message.IsSingleSegment) report.Take(message.FirstSpan);
        else report.TakeCopy(message);
        return report;
    }

    public void Release()
    {
        foreach (TrafficDelta delta in _traffic.Deltas)
        {
            if (_spare.Count == MaxSpare) break;
            Clear(delta);
            _spare.Add(delta);
        }
        _traffic.Deltas.Clear();
        (Traffic, Other) = (null, Nothing);
        if (Free.Count < MaxFree) Free.Enqueue(this);
    }

    /// <summary>Makes a message as it was when it was new, but for the room in its lists.</summary>
    internal static void Clear(TrafficDelta delta)
    {
        delta.Direction = Direction.Unspecified;
        delta.PeerIdentity = delta.PeerWorkload = delta.Backend = delta.Route = "";
        delta.Service = null;
        delta.Tls = false;
        delta.Requests = delta.Successes = delta.Failures = delta.MeshErrors = delta.BytesReceived = delta.BytesSent = delta.LatencySumMicros = 0;
        delta.OpenConnections = 0;
        delta.Indices.Clear();
        delta.Counts.Clear();
        delta.Errors.Clear();
    }

    private void TakeCopy(ReadOnlySequence<byte> message)
    {
        byte[] copy = ArrayPool<byte>.Shared.Rent((int)message.Length);
        message.CopyTo(copy);
        try
        {
            Take(copy.AsSpan(0, (int)message.Length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy);
        }
    }

    private void Take(ReadOnlySpan<byte> message)
    {
        ReadOnlySpan<byte> rest = message[1..];
        // A report of one kind of things is the whole message; what a newer proxy may add is read by the generated parser.
        if (rest.Length == 0 || Leb128.Read(ref rest) != (ulong)rest.Length || !TryTakeTraffic(rest))
        {
            _traffic.Deltas.Clear();
            Other = ProxyReport.Parser.ParseFrom(message);
            Traffic = Other.Traffic;
            return;
        }
        Traffic = _traffic;
    }

    private bool TryTakeTraffic(ReadOnlySpan<byte> rest)
    {
        _traffic.Seconds = 0;
        while (rest.Length > 0)
        {
            byte tag = rest[0];
            rest = rest[1..];
            ulong number = Leb128.Read(ref rest);
            if (tag == SecondsTag)
            {
                _traffic.Seconds = (uint)number;
                continue;
            }
            if (tag != DeltaTag || number > (ulong)rest.Length) return false;
            TrafficDelta delta = Spare();
            _traffic.Deltas.Add(delta);
            delta.MergeFrom(rest[..(int)number]);
            rest = rest[(int)number..];
        }
        return true;
    }

    private TrafficDelta Spare()
    {
        if (_spare.Count == 0) return new TrafficDelta();
        TrafficDelta delta = _spare[^1];
        _spare.RemoveAt(_spare.Count - 1);
        return delta;
    }
}
