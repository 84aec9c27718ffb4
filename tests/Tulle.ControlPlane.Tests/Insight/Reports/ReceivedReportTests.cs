using System.Buffers;
using CsCheck;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Tulle.ControlPlane.Insight.Reports;
using Tulle.ControlPlane.Tests.Hosting;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Tests.Insight.Reports;

[Collection(nameof(MemoryCollection))]
public sealed class ReceivedReportTests
{
    private static readonly Gen<TrafficDelta> Deltas = Gen.Select(Gen.String.AlphaNumeric, Gen.ULong, Gen.UInt.Array[0, 40], Gen.Bool, Gen.Bool).Select((name, count, buckets, service, errors) =>
    {
        var delta = new TrafficDelta { Direction = Direction.Inbound, PeerIdentity = name, Requests = count, Tls = service };
        delta.Indices.AddRange(buckets);
        delta.Counts.AddRange(buckets.Select(bucket => (ulong)bucket * 1000));
        if (service) delta.Service = new ServiceReference { Namespace = name, Name = "users", Port = 80 };
        if (errors) delta.Errors.Add(new ErrorCount { Reason = name, Count = count });
        return delta;
    });

    /// <summary>Whatever was read into the same messages before.</summary>
    [Fact]
    public void Read_AnyReportOfTraffic_IsWhatWasSent() => Gen.Select(Deltas.Array[0, 100], Gen.UInt, Gen.Int[1, 3_000]).Sample((deltas, seconds, piece) =>
    {
        var sent = new TrafficReport { Seconds = seconds, Deltas = { deltas } };
        ReceivedReport received = ReceivedReport.Read(Pieces(new ProxyReport { Traffic = sent }.ToByteArray(), piece));
        Assert.Equal(sent, received.Traffic);
        received.Release();
    }, iter: 300);

    [Fact]
    public void Read_OtherReports_AreThemselves()
    {
        foreach (ProxyReport sent in (ProxyReport[])
        [
            new() { Health = new HealthReport { Removed = { "users" } } }, new() { Tap = new TapEvents { Events = { new TapEvent { TapId = 3 } } } },
            new() { Spans = ByteString.CopyFromUtf8("spans") }, new(),
        ])
        {
            ReceivedReport received = ReceivedReport.Read(new ReadOnlySequence<byte>(sent.ToByteArray()));
            Assert.Equal((null, sent), (received.Traffic, received.Other));
            received.Release();
        }
    }

    /// <summary>A newer proxy may say more.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Read_FieldsThatNobodyKnows_AreLeftOut(bool inside)
    {
        var sent = new TrafficReport { Seconds = 5, Deltas = { new TrafficDelta { Requests = 7 } } };
        byte[] unknown = [0xfa, 0x3f, 1, 65];
        byte[] traffic = [.. sent.ToByteArray(), .. inside ? unknown : []];
        byte[] message = [0x0a, (byte)traffic.Length, .. traffic, .. inside ? [] : unknown];
        ReceivedReport received = ReceivedReport.Read(new ReadOnlySequence<byte>(message));
        Assert.Equal((5u, 7ul), (received.Traffic!.Seconds, Assert.Single(received.Traffic.Deltas).Requests));
        received.Release();
    }

    [Theory]
    [InlineData(new byte[] { 0x0a, 0x05, 0x0a, 0x7f, 1, 2, 3 })]
    [InlineData(new byte[] { 0x0a, 0x7f })]
    [InlineData(new byte[] { 0x0a })]
    public void Read_Damaged_IsRefused(byte[] message) =>
        Assert.Throws<InvalidProtocolBufferException>(() => ReceivedReport.Read(new ReadOnlySequence<byte>(message)));

    /// <summary>A field that is added to the message has to be cleared too.</summary>
    [Fact]
    public void Clear_DeltaWithEveryField_IsLikeNew()
    {
        var delta = new TrafficDelta
        {
            Direction = Direction.Outbound, PeerIdentity = "a", PeerWorkload = "b", Service = new ServiceReference { Name = "c" }, Backend = "d", Route = "e", Tls = true,
            Requests = 1, Successes = 2, Failures = 3, MeshErrors = 4, BytesReceived = 5, BytesSent = 6, OpenConnections = 7, LatencySumMicros = 8,
            Indices = { 9 }, Counts = { 10 }, Errors = { new ErrorCount { Count = 11 } },
        };
        var fresh = new TrafficDelta();
        Assert.All(TrafficDelta.Descriptor.Fields.InDeclarationOrder(), (FieldDescriptor field) => Assert.NotEqual(field.Accessor.GetValue(fresh), field.Accessor.GetValue(delta)));
        ReceivedReport.Clear(delta);
        Assert.Equal(fresh, delta);
    }

    [Fact]
    public void Read_SixSeries_AllocatesTheirNamesOnly()
    {
        var sent = new TrafficReport { Seconds = 3 };
        for (int i = 0; i < 6; i++)
        {
            sent.Deltas.Add(new TrafficDelta
            {
                Direction = Direction.Inbound, PeerIdentity = $"spiffe://cluster.local/ns/load/sa/w{i:0000}", Service = new ServiceReference { Namespace = "load", Name = $"w{i:0000}", Port = 80 },
                Requests = 320, Indices = { Enumerable.Range(70, 32).Select(bucket => (uint)bucket) }, Counts = { Enumerable.Repeat(10ul, 32) },
            });
        }
        var message = new ReadOnlySequence<byte>(new ProxyReport { Traffic = sent }.ToByteArray());
        for (int i = 0; i < 20; i++) ReceivedReport.Read(message).Release();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) ReceivedReport.Read(message).Release();
        long each = (GC.GetAllocatedBytesForCurrentThread() - before) / 100;
        TestContext.Current.SendDiagnosticMessage($"{each} bytes");
        Assert.InRange(each, 0, 2_500);
    }

    private static ReadOnlySequence<byte> Pieces(byte[] bytes, int length)
    {
        Piece first = new(bytes.AsMemory(0, Math.Min(length, bytes.Length)), 0), last = first;
        for (int at = length; at < bytes.Length; at += length) last = last.Then(bytes.AsMemory(at, Math.Min(length, bytes.Length - at)));
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, long index) => (Memory, RunningIndex) = (memory, index);

        public Piece Then(ReadOnlyMemory<byte> memory)
        {
            var next = new Piece(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
