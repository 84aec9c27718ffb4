using System.Buffers;
using System.Text;
using CsCheck;
using Tulle.Metrics;
using Tulle.Protocol;
using Tulle.Proxy.Telemetry;

namespace Tulle.Proxy.Tests.Telemetry;

public sealed class TrafficExpositionTests
{
    [Fact]
    public void Write_SeriesOfTwoLoops_AreSummedWithLabels()
    {
        LoopMetrics[] loops = [new(), new()];
        var key = new SeriesKey(Direction.Outbound, "spiffe://td/ns/shop/sa/users", "deployment/users", "shop", "users", 80, "users.shop:80|v1", "GET /users", true);
        loops[0].Series(key).RecordResponse(200, 1_500);
        loops[1].Series(key).RecordResponse(404, 60_000_000);
        loops[1].Series(key).RecordResponse(500, 900);
        loops[1].Series(key).RecordMeshError(504, 5_000);
        loops[0].Series(key).OpenConnections = 2;
        loops[1].Series(key).OpenConnections = 3;
        loops[0].Series(key).BytesSent = 11;

        PrometheusText text = Write(loops);
        (string, string)[] labels =
        [
            ("direction", "outbound"), ("tls", "true"), ("server_id", "spiffe://td/ns/shop/sa/users"), ("dst_workload", "deployment/users"),
            ("dst_namespace", "shop"), ("dst_service", "users"), ("dst_port", "80"), ("backend", "users.shop:80|v1"), ("route", "GET /users"),
        ];
        Assert.Equal(4, text.Value("request_total", labels));
        Assert.Equal(2, text.Value("response_total", [.. labels, ("classification", "success")]));
        Assert.Equal(1, text.Value("response_total", [.. labels, ("classification", "failure")]));
        Assert.Equal(1, text.Value("response_total", [.. labels, ("classification", "mesh_error")]));
        Assert.Equal(2, text.Value("response_status_total", [.. labels, ("status", "5xx")]));
        Assert.Equal(5, text.Value("tcp_open_connections", labels));
        Assert.Equal(11, text.Value("tcp_write_bytes_total", labels));
        Assert.Equal(1, text.Value("response_latency_ms_bucket", [.. labels, ("le", "1")]));
        Assert.Equal(2, text.Value("response_latency_ms_bucket", [.. labels, ("le", "2")]));
        Assert.Equal(4, text.Value("response_latency_ms_bucket", [.. labels, ("le", "+Inf")]));
        Assert.Equal(4, text.Value("response_latency_ms_count", labels));
        Assert.Equal(60_007.4, text.Value("response_latency_ms_sum", labels), 3);
        (string, string)[] few = [("direction", "outbound"), ("dst_workload", "deployment/users"), ("dst_namespace", "shop"), ("dst_service", "users"), ("route", "GET /users")];
        Assert.Equal(4, text.Value("request_duration_seconds_count", few));
        Assert.Equal(60.0074, text.Value("request_duration_seconds_sum", few), 6);
        Assert.Equal(1, text.Value("request_duration_seconds_bucket", [.. few, ("le", "0.001024")]));
        Assert.Equal(2, text.Value("request_duration_seconds_bucket", [.. few, ("le", "0.001536")]));
    }

    [Fact]
    public void Write_AnyLabelValue_IsEscapedAndReadBack()
    {
        Gen.String.Where(s => s.All(c => !char.IsSurrogate(c)) && s.Length > 0).Sample(value =>
        {
            var loop = new LoopMetrics();
            loop.Series(new SeriesKey(Direction.Inbound, "", "", "", "", 0, "", value, false)).RecordResponse(200, 1);
            string text = LabelSet.Of(("route", value));
            Assert.DoesNotContain('\n', text);
            Assert.Equal(value, Unescape(text["route=\"".Length..^1]));
        });
    }

    [Fact]
    public void Write_NoTraffic_IsStillWellFormed() => Assert.All(Write([new LoopMetrics()]).Samples, sample => Assert.Equal(0, sample.Value));

    [Fact]
    public void Series_PastTheLimit_ShareOne()
    {
        var loop = new LoopMetrics();
        for (int i = 0; i < LoopMetrics.MaxSeries + 100; i++)
            loop.Series(new SeriesKey(Direction.Inbound, "", "", "", "s" + i, 0, "", "", false)).RecordResponse(200, 1);
        Assert.Equal(LoopMetrics.MaxSeries + 1, loop.All.Count());
        Assert.Equal(100, loop.All.Single(s => s.Key.ServiceName == "overflow").Requests);
    }

    [Fact]
    public void Series_OfNamesOutsideOfTheMesh_CannotDisplaceTheMeshs()
    {
        var loop = new LoopMetrics();
        for (int i = 0; i < 5_000; i++)
            loop.Series(new SeriesKey(Direction.Outbound, "", "", "", $"made-up-{i}.example:80", 0, "", "", false)).RecordResponse(200, 1);
        loop.Series(new SeriesKey(Direction.Outbound, "", "", "shop", "users", 80, "", "", false)).RecordResponse(200, 1);
        Assert.Equal(LoopMetrics.MaxExternalSeries + 2, loop.SeriesCount);
        Assert.Equal(5_000 - LoopMetrics.MaxExternalSeries, loop.OverflowedExternal);
        Assert.Equal(0, loop.Overflowed);
        Assert.Equal(1, loop.All.Single(s => s.Key.ServiceName == "users").Requests);
    }

    [Fact]
    public void Write_Exemplars_StandInTheirBucketOfOpenMetricsOnly()
    {
        LoopMetrics[] loops = [new(), new()];
        var key = new SeriesKey(Direction.Outbound, "", "deployment/users", "shop", "users", 80, "", "", true);
        foreach (LoopMetrics loop in loops) loop.Series(key).RecordResponse(200, 1_100);
        loops[0].Exemplars.Record(loops[0].Series(key), 1_100, 0x0af7651916cd43dd, 0x8448eb211c80319c, 2_000);
        loops[1].Exemplars.Record(loops[1].Series(key), 1_200, 1, 2, 1_000);

        string text = Encoding.UTF8.GetString(WriteText(loops, ExpositionFormat.OpenMetrics));
        string line = Assert.Single(text.Split('\n'), line => line.Contains("trace_id", StringComparison.Ordinal));
        Assert.Equal(
            "request_duration_seconds_bucket{direction=\"outbound\",dst_workload=\"deployment/users\",dst_namespace=\"shop\",dst_service=\"users\",le=\"0.00128\"} 2"
            + " # {trace_id=\"0af7651916cd43dd8448eb211c80319c\"} 0.0011 2.000",
            line);
        Assert.DoesNotContain("trace_id", Encoding.UTF8.GetString(WriteText(loops, ExpositionFormat.Prometheus)), StringComparison.Ordinal);
    }

    private static string Unescape(string text)
    {
        var result = new System.Text.StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\') result.Append(text[i]);
            else result.Append(text[++i] == 'n' ? '\n' : text[i]);
        }

        return result.ToString();
    }

    private static PrometheusText Write(IReadOnlyList<LoopMetrics> loops) => PrometheusText.Parse(WriteText(loops, ExpositionFormat.Prometheus));

    private static byte[] WriteText(IReadOnlyList<LoopMetrics> loops, ExpositionFormat format)
    {
        var buffer = new ArrayBufferWriter<byte>();
        TrafficExposition.Write(new ExpositionWriter(buffer, format), loops);
        return buffer.WrittenSpan.ToArray();
    }
}
