using CsCheck;
using Tulle.Protocol;
using Tulle.Proxy.Telemetry;

namespace Tulle.Proxy.Tests.Telemetry;

public sealed class TrafficReporterTests
{
    private static readonly SeriesKey A = new(Direction.Outbound, "", "", "shop", "users", 80, "b", "", true), B = A with { ServiceName = "orders" };

    [Fact]
    public void Collect_NothingNew_IsNull()
    {
        var loop = new LoopMetrics();
        var reporter = new TrafficReporter(() => [loop]);
        Assert.Null(reporter.Collect());
        loop.Series(A).RecordResponse(200, 5);
        Assert.NotNull(reporter.Collect());
        reporter.Commit();
        Assert.Null(reporter.Collect());
    }

    [Fact]
    public void Collect_NotCommitted_IsReportedAgain()
    {
        var loop = new LoopMetrics();
        var reporter = new TrafficReporter(() => [loop]);
        loop.Series(A).RecordResponse(200, 5);
        reporter.Collect();
        loop.Series(A).RecordResponse(200, 5);
        Assert.Equal(2ul, reporter.Collect()!.Deltas.Single().Requests);
    }

    [Fact]
    public void Collect_GaugeFallsToZero_IsReported()
    {
        var loop = new LoopMetrics();
        var reporter = new TrafficReporter(() => [loop]);
        loop.Series(A).OpenConnections = 1;
        reporter.Collect();
        reporter.Commit();
        loop.Series(A).OpenConnections = 0;
        Assert.Equal(0, reporter.Collect()!.Deltas.Single().OpenConnections);
    }

    [Fact]
    public void Collect_MoreThanOneMessageTakes_ComesInPieces()
    {
        var loop = new LoopMetrics();
        var reporter = new TrafficReporter(() => [loop]);
        const int Series = 1_500;
        for (int i = 0; i < Series; i++)
        {
            TrafficSeries series = loop.Series(A with { ServiceName = $"{i}{new string('x', 400)}" });
            series.RecordResponse(200, 5);
            series.OpenConnections = 1;
        }
        Assert.InRange(Pieces(reporter), 3, 5);

        // What was told is not told again, but by a stream that begins in the middle of it.
        Assert.Null(reporter.Collect());
        reporter.BeginStream();
        int gauges = reporter.Collect()!.Deltas.Count;
        reporter.Commit();
        Assert.True(reporter.HasMore);
        reporter.BeginStream();
        Assert.InRange(gauges, 1, Series - 1);
        Assert.InRange(Pieces(reporter), 3, 5);

        static int Pieces(TrafficReporter reporter)
        {
            int pieces = 0;
            var told = new HashSet<string>();
            do
            {
                TrafficReport report = reporter.Collect()!;
                Assert.InRange(report.CalculateSize(), 1, 2 * TrafficReporter.MaxBytes);
                foreach (TrafficDelta delta in report.Deltas) Assert.True(told.Add(delta.Service.Name));
                reporter.Commit();
                pieces++;
            }
            while (reporter.HasMore);
            Assert.Equal(Series, told.Count);
            return pieces;
        }
    }

    /// <summary>Whatever is recorded, collected, committed or lost in whatever order: the committed deltas add up to what happened.</summary>
    [Fact]
    public void Deltas_AnyOrder_AddUp()
    {
        Gen.Int[0, 5].Array[1, 60].Sample(steps =>
        {
            LoopMetrics[] loops = [new(), new()];
            var reporter = new TrafficReporter(() => loops);
            ulong requests = 0, latency = 0, counted = 0, expectedRequests = 0, expectedLatency = 0;
            foreach (int step in steps.Append(5))
            {
                if (step < 4)
                {
                    loops[step % 2].Series(step < 2 ? A : B).RecordResponse(200, step * 1_000);
                    expectedRequests++;
                    expectedLatency += (ulong)step * 1_000;
                }
                else if (reporter.Collect() is { } report && step == 5)
                {
                    requests += (ulong)report.Deltas.Sum(d => (long)d.Requests);
                    latency += (ulong)report.Deltas.Sum(d => (long)d.LatencySumMicros);
                    counted += (ulong)report.Deltas.SelectMany(d => d.Counts).Sum(c => (long)c);
                    reporter.Commit();
                }
            }

            return requests == expectedRequests && latency == expectedLatency && counted == expectedRequests;
        });
    }
}
