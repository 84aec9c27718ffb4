using Tulle.ControlPlane.Insight;
using Tulle.ControlPlane.Insight.Prometheus;
using Tulle.ControlPlane.Tests.Hosting;
using Tulle.Testing;

namespace Tulle.ControlPlane.Tests.Insight.Prometheus;

public sealed class PrometheusTrafficTests
{
    private const string Labels = """{"namespace":"shop","pod":"web-0","direction":"outbound","tls":"true","dst_namespace":"shop","dst_service":"users"}""";

    private static readonly WorkloadPod[] Pods = [new("shop", "web-0", "deployment/web", "127.64.0.2", "spiffe://td/ns/shop/sa/web", ["web"])];

    private readonly StepClock _clock = new();

    [Fact]
    public void AddTo_Window_IsTheDifferenceUntilNow()
    {
        long now = _clock.Now.ToUnixTimeSeconds() + 1;
        using var prometheus = new FakePrometheus(query => query switch
        {
            _ when query.Contains("(request_total") => FakePrometheus.Series(Labels, (now, 30)),
            _ when query.Contains("classification=\"success\"") => FakePrometheus.Series(Labels, (now, 20)),
            _ when query.Contains("classification=\"failure\",mesh_error=\"\"") => FakePrometheus.Series(Labels, (now, 4)),
            _ when query.Contains("classification=\"mesh_error\"") => FakePrometheus.Series(Labels, (now, 5)),
            // Another sidecar has --metrics-compat linkerd.
            _ when query.Contains("mesh_error=\"true\"") => FakePrometheus.Series(Labels, (now, 1)),
            _ when query.Contains("tcp_open_connections") => FakePrometheus.Series(Labels, (now, 2)),
            _ => FakePrometheus.Nothing,
        });
        using var client = new PrometheusClient(prometheus.Url);
        TrafficTotals totals = new PrometheusTraffic(client, _clock).Sum(Pods, _ => true, 60);

        Assert.Equal((30ul, 20ul, 4ul, 6ul), (totals.Requests, totals.Successes, totals.Failures, totals.MeshErrors));
        Assert.Equal((0.5, 1.0, 2L), (totals.RequestsPerSecond, totals.Mtls, totals.OpenConnections));
        Assert.All(prometheus.Asked, asked => Assert.Equal((now, now, 60), (asked.Start, asked.End, asked.Step)));
        Assert.Contains(prometheus.Asked, asked => asked.Query.Contains("offset 60s"));
    }

    [Fact]
    public void AddTo_PodThatIsGone_IsLeftOut()
    {
        string gone = FakePrometheus.Series(Labels.Replace("web-0", "web-1"), (_clock.Now.ToUnixTimeSeconds() + 1, 30));
        using var prometheus = new FakePrometheus(query => query.Contains("(request_total") ? gone : FakePrometheus.Nothing);
        using var client = new PrometheusClient(prometheus.Url);
        Assert.True(new PrometheusTraffic(client, _clock).Sum(Pods, _ => true, 60).IsEmpty);
    }

    [Fact]
    public void Steps_EachIsWhatWasCountedUntilItsEnd()
    {
        using var prometheus = new FakePrometheus(query => query.Contains("(request_total") ? FakePrometheus.Series(Labels, (1_010, 10), (1_030, 40)) : FakePrometheus.Nothing);
        using var client = new PrometheusClient(prometheus.Url);
        TrafficTotals[] steps = new PrometheusTraffic(client, _clock).Steps(Pods, (_, _) => true, start: 1_000, step: 10, count: 3);
        Assert.Equal([(10ul, 1.0), (0ul, 0.0), (40ul, 4.0)], steps.Select(step => (step.Requests, step.RequestsPerSecond)));
        Assert.All(prometheus.Asked, asked => Assert.Equal((1_010, 1_030, 10), (asked.Start, asked.End, asked.Step)));
    }

    [Theory]
    [InlineData("""{"status":"error","errorType":"bad_data","error":"too many points"}""", "too many points")]
    [InlineData("<html>a proxy</html>", "invalid")]
    public void Query_Refused_SaysWhy(string body, string why)
    {
        using var prometheus = new FakePrometheus(_ => body);
        using var client = new PrometheusClient(prometheus.Url);
        InsightException error = Assert.Throws<InsightException>(() => client.Query("up", 0, 0, 1));
        Assert.Equal(503, error.Code);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Query_NobodyThere_SaysWhatToDo()
    {
        var url = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        using var client = new PrometheusClient(url);
        InsightException error = Assert.Throws<InsightException>(() => client.Query("up", 0, 0, 1));
        Assert.Equal(503, error.Code);
        Assert.Contains(url.ToString(), error.Message, StringComparison.Ordinal);
        Assert.Contains("--prometheus", error.Message, StringComparison.Ordinal);
    }
}
