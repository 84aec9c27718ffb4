using System.Buffers;
using System.Net;
using Tulle.Metrics;
using Tulle.Proxy.Telemetry;
using Tulle.Proxy.Telemetry.Compatibility;
using Tulle.Proxy.Tests.Harness;
using Tulle.Testing;

namespace Tulle.Proxy.Tests.Telemetry;

/// <summary>Istio's and Linkerd's metrics of real traffic.</summary>
public sealed class CompatibilityTests
{
    private const string Client = "spiffe://cluster.local/ns/shop/sa/web", Server = "spiffe://cluster.local/ns/shop/sa/users";

    [Fact]
    public async Task Istio_RequestsOverTheMesh_HaveBothReportersAndTheirLabels()
    {
        await using Pair pair = await Pair.StartAsync(MetricsDialects.Istio);
        for (int i = 0; i < 3; i++) Assert.Equal(200, pair.Ask("GET http://app/ok HTTP/1.1\r\nHost: app\r\n\r\n"));
        Assert.Equal(404, pair.Ask("POST http://app/missing HTTP/1.1\r\nHost: app\r\nContent-Length: 700\r\n\r\n" + new string('x', 700)));

        PrometheusText source = await PageAsync(pair.Outbound, MetricsDialects.Istio, new WorkloadSelf("deployment/web", Client));
        (string, string)[] expected =
        [
            ("reporter", "source"), ("source_workload", "web"), ("source_workload_namespace", "shop"), ("source_principal", Client), ("source_canonical_service", "web"),
            ("destination_workload", "app"), ("destination_workload_namespace", "test"), ("destination_service", "app.test.svc.cluster.local"),
            ("destination_service_name", "app"), ("destination_service_namespace", "test"), ("request_protocol", "http"), ("connection_security_policy", "unknown"),
            ("response_flags", "-"), ("source_app", "unknown"),
        ];
        Assert.Equal(3, source.Value("istio_requests_total", [.. expected, ("response_code", "200")]));
        Assert.Equal(1, source.Value("istio_requests_total", [.. expected, ("response_code", "404")]));
        Assert.Equal(0, source.Value("istio_request_bytes_bucket", [("response_code", "404"), ("le", "500")]));
        Assert.Equal(1, source.Value("istio_request_bytes_bucket", [("response_code", "404"), ("le", "1000")]));
        Assert.Equal(700, source.Value("istio_request_bytes_sum", ("response_code", "404")));
        Assert.Equal(3, source.Value("istio_request_duration_milliseconds_count", ("response_code", "200")));

        PrometheusText destination = await PageAsync(pair.Inbound, MetricsDialects.Istio, new WorkloadSelf("deployment/users", Server));
        Assert.Equal(3, destination.Value(
            "istio_requests_total", ("reporter", "destination"), ("response_code", "200"), ("source_workload", "client"), ("source_principal", TestAuthority.IdOf("client")),
            ("destination_workload", "users"), ("destination_workload_namespace", "shop"), ("connection_security_policy", "mutual_tls")));
    }

    [Fact]
    public async Task Istio_NoEndpoint_IsTheFlagUh()
    {
        await using var proxy = new ProxyUnderTest(config => config with { MetricsDialects = MetricsDialects.Istio });
        proxy.Route("app:80", Array.Empty<System.Net.IPEndPoint>());
        using (TestPeer client = TestPeer.Connect(proxy.Outbound)) Assert.Equal(503, client.Exchange("GET http://app/ HTTP/1.1\r\nHost: app\r\n\r\n").Status);
        PrometheusText text = await PageAsync(proxy, MetricsDialects.Istio, new WorkloadSelf("", ""));
        Assert.Equal(1, text.Value("istio_requests_total", ("response_flags", "UH"), ("response_code", "503"), ("source_workload", "unknown"), ("destination_workload", "unknown"), ("destination_service_name", "app")));
    }

    [Fact]
    public async Task Istio_OpaqueConnection_IsTcp()
    {
        using var server = new TestServer((peer, _) => peer.Send("hello\r\n"));
        await using ProxyUnderTest proxy = ProxyUnderTest.WithInbound(server.EndPoint);
        using (TestPeer client = TestPeer.Connect(proxy.Inbound()))
        {
            client.Send("\u0001\u0002 not HTTP\r\n");
            Assert.Equal("hello\r\n", client.ReadToEnd());
        }
        await Eventually.TrueAsync(
            async () =>
            {
                PrometheusText text = await PageAsync(proxy, MetricsDialects.Istio, new WorkloadSelf("deployment/db", Server));
                return text.Samples.Any(sample => sample is { Name: "istio_tcp_connections_closed_total", Value: 1 })
                    && text.Value("istio_tcp_sent_bytes_total", ("request_protocol", "tcp"), ("destination_workload", "db")) == 7
                    && text.Value("istio_tcp_received_bytes_total", ("reporter", "destination")) == 13;
            },
            TimeSpan.FromSeconds(30), "the connection is counted");
    }

    [Fact]
    public async Task Linkerd_Requests_HaveItsLabelsAndStatusCodes()
    {
        await using Pair pair = await Pair.StartAsync(MetricsDialects.Linkerd);
        Assert.Equal(200, pair.Ask("GET http://app/ok HTTP/1.1\r\nHost: app\r\n\r\n"));
        Assert.Equal(404, pair.Ask("GET http://app/missing HTTP/1.1\r\nHost: app\r\n\r\n"));
        pair.Outbound.Route("nowhere:80", Array.Empty<IPEndPoint>());
        Assert.Equal(503, pair.Ask("GET http://nowhere/ HTTP/1.1\r\nHost: nowhere\r\n\r\n"));
        PrometheusText text = await PageAsync(pair.Outbound, MetricsDialects.Linkerd, new WorkloadSelf("", ""));
        (string, string)[] labels =
            [("direction", "outbound"), ("tls", "true"), ("authority", "app.test.svc.cluster.local:80"), ("dst_deployment", "app"), ("dst_namespace", "test"), ("dst_service", "app"), ("dst_serviceaccount", "server")];
        Assert.Equal(2, text.Value("request_total", labels));
        Assert.Equal(1, text.Value("response_total", [.. labels, ("classification", "success"), ("status_code", "200")]));
        Assert.Equal(1, text.Value("response_total", [.. labels, ("classification", "success"), ("status_code", "404")]));
        Assert.Equal(1, text.Value("response_total", ("classification", "failure"), ("mesh_error", "true"), ("status_code", "503")));
        Assert.Equal(2, text.Value("response_latency_ms_count", labels));
        Assert.Contains("tcp_close_total", text.Types.Keys);
    }

    [Fact]
    public void Details_MoreWaysThanThereIsRoomFor_AreCountedTogether()
    {
        var details = new ResponseDetails();
        for (int status = 200; status < 300; status++) details.Record(new ResponseDetail(status, 0, -1, false, true), 1_000, 0, 0);
        Assert.Equal(ResponseDetails.MaxCells, details.Cells.Count());
        Assert.Equal(100, details.Cells.Sum(cell => cell.Count));
        Assert.Equal(100 - ResponseDetails.MaxCells + 1, details.Cells.Single(cell => cell.Detail.Status == 0).Count);
    }

    [Fact]
    public void Detail_PackedAndUnpacked_IsTheSame()
    {
        foreach (int grpc in (int[])[-1, 0, 16])
        {
            foreach (int flags in (int[])[0, 1, 1 << 19])
            {
                var detail = new ResponseDetail(503, flags, grpc, grpc >= 0, flags == 0, IsMeshError: flags == 1);
                Assert.Equal(detail, ResponseDetail.Unpack(detail.Pack()));
            }
        }
    }

    [Fact]
    public void Reference_HasTheirMetrics()
    {
        string path = RepositoryFolder.PathOf("docs", "reference", "metrics.md");
        string actual = File.ReadAllText(path);
        string expected = MetricsReference.Replace(MetricsReference.Replace(actual, "istio", MetricsReference.Table(IstioMetrics.All)), "linkerd", MetricsReference.Table(LinkerdMetrics.All));
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1") File.WriteAllText(path, actual = expected);
        Assert.True(expected == actual, "docs/reference/metrics.md is stale; write its tables anew with: UPDATE_DOCS=1 ./test Proxy");
    }

    private static async Task<PrometheusText> PageAsync(ProxyUnderTest proxy, MetricsDialects dialects, WorkloadSelf self)
    {
        await proxy.TurnAsync();
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new ExpositionWriter(buffer, ExpositionFormat.Prometheus);
        TrafficExposition.Write(writer, proxy.DataPlane.Metrics, dialects.HasFlag(MetricsDialects.Linkerd));
        if (dialects.HasFlag(MetricsDialects.Istio)) IstioExposition.Write(writer, proxy.DataPlane.Metrics, self);
        return PrometheusText.Parse(buffer.WrittenSpan);
    }

    /// <summary>Two proxies with mutual TLS between them, and a server that knows <c>/ok</c>.</summary>
    private sealed class Pair(TestServer server, ProxyUnderTest inbound, ProxyUnderTest outbound) : IAsyncDisposable
    {
        public ProxyUnderTest Inbound => inbound;

        public ProxyUnderTest Outbound => outbound;

        public static async Task<Pair> StartAsync(MetricsDialects dialects)
        {
            var authority = new TestAuthority();
            TestServer server = TestServer.Answering(request => request.StartLine.Contains("/ok", StringComparison.Ordinal)
                ? TestServer.Ok("fine")
                : "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
            ProxyUnderTest inbound = ProxyUnderTest.WithInbound(server.EndPoint, config => config with { MetricsDialects = dialects });
            var outbound = new ProxyUnderTest(config => config with { MetricsDialects = dialects });
            Assert.Null(inbound.DataPlane.Apply(authority.Issue("server")));
            Assert.Null(outbound.DataPlane.Apply(authority.Issue("client")));
            await inbound.TurnAsync();
            outbound.Route("app:80", (inbound.Inbound(), TestAuthority.IdOf("server")));
            return new Pair(server, inbound, outbound);
        }

        public int Ask(string request)
        {
            using TestPeer client = TestPeer.Connect(outbound.Outbound);
            return client.Exchange(request).Status;
        }

        public async ValueTask DisposeAsync()
        {
            await outbound.DisposeAsync();
            await inbound.DisposeAsync();
            server.Dispose();
        }
    }
}
