using System.Buffers;
using System.Text;
using Tulle.Testing;

namespace Tulle.Metrics.Tests;

public sealed class ExpositionWriterTests
{
    private static readonly MetricDefinition Counter = MetricDefinition.Counter("read_bytes_total", "bytes", ["peer"], "Bytes \"read\".\nAll \\ of them.");
    private static readonly MetricDefinition Gauge = MetricDefinition.Gauge("open_connections", "", [], "Open now.");
    private static readonly MetricDefinition Histogram = MetricDefinition.Histogram("duration_seconds", "seconds", ["route"], "How long.");
    private static readonly Exemplar Trace = new("0af7651916cd43dd8448eb211c80319c", 0.75, DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_250));

    [Fact]
    public void Write_Prometheus_IsTheTextFormat() => Assert.Equal(
        """
        # HELP read_bytes_total Bytes "read".\nAll \\ of them.
        # TYPE read_bytes_total counter
        read_bytes_total{peer="a\"b\\c\nd"} 12
        # HELP open_connections Open now.
        # TYPE open_connections gauge
        open_connections 0.5
        # HELP duration_seconds How long.
        # TYPE duration_seconds histogram
        duration_seconds_bucket{route="r",le="6.4e-05"} 1
        duration_seconds_bucket{route="r",le="1"} 2
        duration_seconds_bucket{route="r",le="+Inf"} 3
        duration_seconds_sum{route="r"} 4.25
        duration_seconds_count{route="r"} 3

        """,
        Write(ExpositionFormat.Prometheus));

    [Fact]
    public void Write_OpenMetrics_HasUnitsExemplarsAndAnEnd() => Assert.Equal(
        """
        # HELP read_bytes Bytes \"read\".\nAll \\ of them.
        # TYPE read_bytes counter
        # UNIT read_bytes bytes
        read_bytes_total{peer="a\"b\\c\nd"} 12
        # HELP open_connections Open now.
        # TYPE open_connections gauge
        open_connections 0.5
        # HELP duration_seconds How long.
        # TYPE duration_seconds histogram
        # UNIT duration_seconds seconds
        duration_seconds_bucket{route="r",le="6.4e-05"} 1
        duration_seconds_bucket{route="r",le="1.0"} 2 # {trace_id="0af7651916cd43dd8448eb211c80319c"} 0.75 1700000000.250
        duration_seconds_bucket{route="r",le="+Inf"} 3
        duration_seconds_sum{route="r"} 4.25
        duration_seconds_count{route="r"} 3
        # EOF

        """,
        Write(ExpositionFormat.OpenMetrics));

    [Fact]
    public async Task Write_Prometheus_SatisfiesPromtool()
    {
        CommandResult result = await RunningProcess.RunAsync("promtool", ["check", "metrics"], TimeSpan.FromMinutes(1), input: Write(ExpositionFormat.Prometheus));
        Assert.True(result.ExitCode == 0, result.ToString());
    }

    [Fact]
    public void Labels_WithoutValue_AreLeftOut() => Assert.Equal("a=\"1\",c=\"3\"", LabelSet.Of(("a", "1"), ("b", ""), ("c", "3")));

    private static string Write(ExpositionFormat format)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new ExpositionWriter(buffer, format);
        writer.Begin(Counter);
        writer.Sample(LabelSet.Of(("peer", "a\"b\\c\nd")), 12);
        writer.Single(Gauge, 0.5);
        writer.Begin(Histogram);
        writer.Bucket("route=\"r\"", 0.000064, 1);
        writer.Bucket("route=\"r\"", 1, 2, Trace);
        writer.Bucket("route=\"r\"", double.PositiveInfinity, 3);
        writer.SumAndCount("route=\"r\"", 4.25, 3);
        writer.End();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
