using System.Text;
using CsCheck;
using Tulle.Proxy.AccessLog;
using Tulle.Proxy.Telemetry;
using Tulle.Proxy.Tests.Hosting;
using Tulle.Testing;

namespace Tulle.Proxy.Tests.AccessLog;

public sealed class AccessLogHubTests
{
    [Fact]
    public void Ring_LinesInAndOut_AreTheSameWhateverTheSizes() => Gen.Select(Gen.Int[1, 40].Array[1, 60], Gen.Int[1, 50].Array[1, 60]).Sample((sizes, takes) =>
    {
        var ring = new LoopRing(64);
        var put = new StringBuilder();
        var taken = new StringBuilder();
        int dropped = 0;
        for (int i = 0; i < sizes.Length; i++)
        {
            string line = new((char)('a' + i % 26), sizes[i]);
            if (ring.TryPut(Encoding.ASCII.GetBytes(line))) put.Append(line);
            else dropped++;
            ReadOnlyMemory<byte> piece = ring.Peek();
            int n = Math.Min(piece.Length, takes[i % takes.Length]);
            taken.Append(Encoding.ASCII.GetString(piece.Span[..n]));
            ring.Take(n);
        }
        for (ReadOnlyMemory<byte> piece = ring.Peek(); !piece.IsEmpty; piece = ring.Peek())
        {
            taken.Append(Encoding.ASCII.GetString(piece.Span));
            ring.Take(piece.Length);
        }
        Assert.Equal(put.ToString(), taken.ToString());
        Assert.Equal(dropped, ring.Dropped);
        Assert.Equal(0, ring.Waiting);
    });

    [Fact]
    public async Task Hub_LinesOfSeveralLoops_AllArriveWhole()
    {
        var output = new MemoryStream();
        var log = new TestLog();
        var hub = new AccessLogHub(output, log.Log);
        using var stop = new CancellationTokenSource();
        Task writer = hub.RunAsync(TimeProvider.System, stop.Token);
        Task[] loops = [.. Enumerable.Range(0, 3).Select(loop => Task.Run(() =>
        {
            LoopRing ring = hub.NewRing();
            for (int i = 0; i < 10_000; i++)
            {
                Assert.True(ring.TryPut(Encoding.ASCII.GetBytes($"loop {loop} line {i}\n")));
                hub.Wake();
            }
        }))];
        await Task.WhenAll(loops);
        await stop.CancelAsync();
        await writer;

        string[] lines = Encoding.ASCII.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(30_000, lines.Length);
        for (int loop = 0; loop < 3; loop++)
            Assert.Equal(Enumerable.Range(0, 10_000).Select(i => $"loop {loop} line {i}"), lines.Where(line => line.StartsWith($"loop {loop} ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Hub_OutputFails_SaysSoOnceAndGoesOn()
    {
        var log = new TestLog();
        var hub = new AccessLogHub(new FullDisk(), log.Log);
        using var stop = new CancellationTokenSource();
        LoopRing ring = hub.NewRing();
        Task writer = hub.RunAsync(TimeProvider.System, stop.Token);
        for (int i = 0; i < 3; i++)
        {
            ring.TryPut("line\n"u8);
            hub.Wake();
            await Eventually.TrueAsync(() => ring.Waiting == 0, Eventually.Patience, "the line was taken");
        }
        await stop.CancelAsync();
        await writer;
        Assert.Single(log.Text.Split('\n'), line => line.Contains("disk full", StringComparison.Ordinal));
    }

    private sealed class FullDisk : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("disk full");
    }
}
