using System.Globalization;
using Tulle.EndToEnd.Tests.Matrix;
using Tulle.EndToEnd.Tests.Mesh;
using Tulle.Testing;

namespace Tulle.EndToEnd.Tests.Observability;

/// <summary>Several people tap everything at once, without any limit and with all headers, and one of them reads nothing: that costs bounded memory and no request.</summary>
public sealed class TapFloodTests(EchoMesh echo)
{
    private const int Connections = 16;

    /// <summary>Most that a flood of taps may add. A proxy keeps 4,096 events and as many requests, the control plane 1,024 events for each reader.</summary>
    private const long ProxyGrowth = 16 << 20, ControlPlaneGrowth = 64 << 20;

    private static readonly string[] Everything = ["tap", "ns/default", "--direction", "both", "--headers", "--max-rps", "1000000", "-o", "json"];

    [Fact]
    public async Task Tap_EverythingForSeveralAndOneWhoReadsNothing_IsBoundedLosesNoRequestAndSaysWhatItLost()
    {
        RunningProcess[] watchers = [.. Enumerable.Range(0, 4).Select(_ => echo.Mesh.StartTulle(Everything))];
        try
        {
            await using LoadClient load = echo.Load();
            await Eventually.TrueAsync(
                async () =>
                {
                    await load.SendAsync(1, connections: 1);
                    return watchers.All(watcher => watcher.Output.Contains("\"type\":\"end\"", StringComparison.Ordinal));
                },
                Eventually.Patience, "everybody sees requests", () => string.Join('\n', watchers.Select(watcher => watcher.Show())));
            RunningProcess stuck = watchers[0];
            stuck.Send(Signal.Stop);
            // What a flood needs once is not growth; from here on it is.
            await load.SendAsync(2_000, Connections);
            (string Name, PeakMemory Memory, long Limit)[] processes =
            [
                ("tulle up", new PeakMemory(echo.Mesh.Up.Id), ControlPlaneGrowth),
                .. echo.Mesh.Replicas().Select(replica => ($"sidecar of {replica.Pod}", new PeakMemory(replica.ProxyPid), ProxyGrowth)),
            ];

            IReadOnlyList<Sample> samples = await load.SendAsync(6_000, Connections);

            // A request that waited for a tap would wait for ever.
            Assert.True(samples.All(sample => sample is { Status: 200, Error: null }), load.ToString());
            // Nor does it slow them down to speak of. Most of them, because the machine may be as busy as it likes.
            int slow = samples.Count(sample => sample.Took > TimeSpan.FromSeconds(1));
            Assert.True(slow < samples.Count / 2, $"{slow} took longer than a second: {load}");
            string grown = string.Join('\n', processes.Select(process => string.Create(CultureInfo.InvariantCulture, $"{process.Name}: {process.Memory.Growth >> 10:N0} KiB")));
            TestContext.Current.TestOutputHelper?.WriteLine($"{grown}\n{load}");
            Assert.True(processes.All(process => process.Memory.Growth < process.Limit), grown);

            stuck.Send(Signal.Continue);
            await Eventually.TrueAsync(
                () => stuck.Error.Contains("events were dropped", StringComparison.Ordinal), Eventually.Patience, "who read nothing is told what is missing", stuck.Show);
            Assert.All(watchers, watcher => Assert.False(watcher.HasExited, watcher.Show()));
        }
        finally
        {
            foreach (RunningProcess watcher in watchers) await watcher.DisposeAsync();
        }
    }
}
