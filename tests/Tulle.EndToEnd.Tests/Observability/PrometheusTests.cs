using System.Globalization;
using System.Text.Json.Nodes;
using Tulle.EndToEnd.Tests.Mesh;
using Tulle.Testing;

namespace Tulle.EndToEnd.Tests.Observability;

/// <summary>
/// The real Prometheus scrapes a mesh with our configuration while a load of known shape runs. One test, because the load and the
/// scraping take the time: everything that is said about metrics is held against the same run.
/// </summary>
public sealed class PrometheusTests(EchoMesh echo)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>Panels about what this load does not do: their queries must run, but may find nothing.</summary>
    private static readonly string[] MayBeEmpty =
    [
        // No named routes, no limits and no history of refusals in this mesh.
        "proxy.json: Limits: share in use", "route.json: variable route",
    ];

    private const string Empty = """
        apiVersion: v1
        kind: Service
        metadata: { name: empty }
        spec: { selector: { app: nobody }, ports: [{ name: http, port: 80 }] }
        """;

    [Fact]
    public async Task Prometheus_UnderAKnownLoad_AgreesWithItsGeneratorAndAnswersEveryBoardAndRule()
    {
        CommandResult applied = await echo.Mesh.Kubectl.TryAsync(["apply", "-f", "-"], Empty);
        Assert.True(applied.ExitCode == 0, applied.ToString());
        await using TextRelay relay = await TextRelay.StartAsync(new Uri($"{echo.Client.Admin}/metrics"));
        using var files = new PrometheusFiles(echo.Mesh.Home, relay.Address);
        await using PrometheusServer prometheus = await PrometheusServer.StartAsync(files.Configuration);
        await Eventually.TrueAsync(
            async () => await prometheus.ValueAsync("count(up == 1)") == echo.Mesh.Replicas().Count + 2, Patience,
            "every sidecar, the control plane and the relay are scraped", prometheus.Show);
        // What other tests left under way would be counted with the load.
        await Eventually.TrueAsync(
            async () => await prometheus.ValueAsync("sum(requests_in_flight{job=\"tulle-proxy\"})") == 0, Patience, "nothing is under way before the load", prometheus.Show);
        // Rates need samples from before the load.
        await echo.SettleAsync();
        double settled = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1e3;
        await Eventually.TrueAsync(
            async () => await prometheus.ValueAsync("min(timestamp(up{job=\"tulle-proxy\"}))") > settled, Patience, "what came before the load is counted", prometheus.Show);
        Dictionary<string, double> before = await CountsAsync(prometheus);

        var load = new KnownLoad();
        await load.SendAsync(echo);

        Dictionary<string, double> counted = [];
        await Eventually.TrueAsync(
            async () =>
            {
                Dictionary<string, double> now = await CountsAsync(prometheus);
                counted = now.ToDictionary(pair => pair.Key, pair => pair.Value - before[pair.Key]);
                return Expected.All(pair => counted[pair.Key] == pair.Value);
            },
            Patience, "Prometheus has counted what was sent",
            () => string.Join('\n', Expected.Select(pair => $"{pair.Key}: {counted.GetValueOrDefault(pair.Key)}, sent {pair.Value}")) + prometheus.Show());

        await CheckLatenciesAsync(prometheus, load);
        await CheckExemplarsAsync(prometheus);
        await CheckBoardsAsync(prometheus);
        await CheckRulesAsync(prometheus);
        await CheckTextFormatAsync(prometheus);
        await CheckIstioAsync(prometheus);
        await echo.Mesh.Kubectl.RunAsync("delete", "service", "empty");
    }

    private static readonly Dictionary<string, double> Expected = new()
    {
        [Sum("request_total", "outbound", "user-service")] = KnownLoad.Users,
        [Sum("request_total", "inbound", "user-service", "tls=\"true\"")] = KnownLoad.Users,
        [Sum("request_total", "inbound", "user-service", "tls=\"false\"")] = KnownLoad.Plaintext,
        [Sum("response_total", "outbound", "user-service", "classification=\"success\"")] = KnownLoad.Users - KnownLoad.Broken,
        [Sum("response_total", "inbound", "user-service", "classification=\"failure\"")] = KnownLoad.Broken,
        [Sum("response_status_total", "outbound", "user-service", "status=\"4xx\"")] = KnownLoad.NotFound,
        [Sum("response_status_total", "inbound", "user-service", "status=\"2xx\"")] = KnownLoad.Fast + KnownLoad.Slow + KnownLoad.Plaintext,
        [Sum("response_latency_ms_count", "inbound", "user-service")] = KnownLoad.Users + KnownLoad.Plaintext,
        [Sum("request_duration_seconds_count", "outbound", "user-service")] = KnownLoad.Users,
        [Sum("response_total", "outbound", "empty", "classification=\"mesh_error\"")] = KnownLoad.Unreachable,
        ["sum(mesh_errors_total{job=\"tulle-proxy\",pod=\"client-0\",reason=\"no-endpoints\"})"] = KnownLoad.Unreachable,
        [Sum("response_grpc_status_total", "outbound", "talker", "grpc_status=\"0\"")] = KnownLoad.GrpcOk,
        [Sum("response_grpc_status_total", "inbound", "talker", "grpc_status=\"13\"")] = KnownLoad.GrpcFailed,
        [Sum("response_total", "inbound", "talker", "classification=\"failure\"")] = KnownLoad.GrpcFailed,
        // What the fast, slow and broken requests were is told apart by the buckets too, which no other test of this load comes near.
        [Sum("request_duration_seconds_count", "outbound", "user-service") + " - " + Sum("request_duration_seconds_bucket", "outbound", "user-service", "le=\"0.393216\"")] = KnownLoad.Slow,
    };

    private static string Sum(string metric, string direction, string service, string more = "") =>
        $"sum({metric}{{job=\"tulle-proxy\",direction=\"{direction}\",dst_service=\"{service}\"{(more.Length > 0 ? "," : "")}{more}}})";

    private static async Task<Dictionary<string, double>> CountsAsync(PrometheusServer prometheus)
    {
        var counts = new Dictionary<string, double>();
        foreach (string query in Expected.Keys) counts[query] = await prometheus.ValueAsync(query);
        return counts;
    }

    /// <summary>Within the bound of docs/reference/metrics.md. The client's own time, which is in its count, comes on top.</summary>
    private static async Task CheckLatenciesAsync(PrometheusServer prometheus, KnownLoad load)
    {
        const double Bound = 0.25;
        foreach (double quantile in (double[])[0.5, 0.95, 0.99, 0.999])
        {
            double truth = load.Quantile(quantile);
            double told = await prometheus.ValueAsync(
                $"histogram_quantile({quantile}, sum by (le) (increase(request_duration_seconds_bucket{{job=\"tulle-proxy\",pod=\"client-0\",direction=\"outbound\",dst_service=\"user-service\"}}[5m])))");
            Assert.True(told <= truth * (1 + Bound), $"p{quantile}: {told} s, but the client measured {truth} s");
            double least = quantile > 0.9 ? KnownLoad.SlowMs / 1e3 : KnownLoad.FastMs / 1e3;
            Assert.True(told >= least * (1 - Bound), $"p{quantile}: {told} s, but the application takes {least} s");
        }
    }

    private static async Task CheckExemplarsAsync(PrometheusServer prometheus)
    {
        JsonNode found = await prometheus.GetAsync(
            $"query_exemplars?query={Uri.EscapeDataString("request_duration_seconds_bucket{dst_service=\"user-service\"}")}&start={DateTimeOffset.UtcNow.AddMinutes(-10).ToUnixTimeSeconds()}&end={DateTimeOffset.UtcNow.AddMinutes(1).ToUnixTimeSeconds()}");
        (string Trace, double Value)[] exemplars =
        [
            .. found.AsArray().SelectMany(series => series!["exemplars"]!.AsArray())
                .Select(exemplar => (exemplar!["labels"]!["trace_id"]!.GetValue<string>(), double.Parse(exemplar["value"]!.GetValue<string>(), CultureInfo.InvariantCulture))),
        ];
        Assert.Contains(exemplars, exemplar => exemplar.Trace == KnownLoad.TraceId && exemplar.Value >= KnownLoad.SlowMs / 1e3 * 0.95);
    }

    private static async Task CheckBoardsAsync(PrometheusServer prometheus)
    {
        Assert.Equal(6, GrafanaBoard.Files.Count);
        var variables = new Dictionary<string, string>
        {
            ["__rate_interval"] = "2m", ["namespace"] = "default", ["service"] = "user-service|talker", ["route"] = ".*", ["pod"] = ".*",
        };
        var empty = new List<string>();
        foreach (BoardQuery query in GrafanaBoard.Files.SelectMany(file => GrafanaBoard.Queries(file, variables)))
        {
            IReadOnlyList<PrometheusSample> answer = await prometheus.QueryAsync(query.Expression);
            if (answer.Count == 0 && !MayBeEmpty.Contains($"{query.Board}: {query.Panel}")) empty.Add($"{query.Board}: {query.Panel}: {query.Expression}");
        }
        Assert.True(empty.Count == 0, $"panels without data:\n{string.Join('\n', empty)}");
        Assert.Equal(1 - (double)KnownLoad.Broken / KnownLoad.Users, await prometheus.ValueAsync(
            "sum(increase(response_total{pod=\"client-0\",direction=\"outbound\",dst_service=\"user-service\",classification=\"success\"}[2m])) / sum(increase(request_total{pod=\"client-0\",direction=\"outbound\",dst_service=\"user-service\"}[2m]))"), 0.02);
    }

    private static async Task CheckRulesAsync(PrometheusServer prometheus)
    {
        JsonNode rules = new JsonObject();
        await Eventually.TrueAsync(
            async () =>
            {
                rules = await prometheus.GetAsync("rules");
                return Rules(rules).All(rule => rule["health"]!.GetValue<string>() == "ok");
            },
            Patience, "every rule was evaluated without error", () => rules.ToJsonString());
        foreach (JsonNode rule in Rules(rules))
        {
            string name = rule["name"]!.GetValue<string>();
            IReadOnlyList<PrometheusSample> answer = await prometheus.QueryAsync(rule["query"]!.GetValue<string>());
            if (rule["type"]!.GetValue<string>() == "recording") Assert.True((await prometheus.QueryAsync(name)).Count > 0, $"{name} records nothing");
            else if (name.StartsWith("TulleErrorBudget", StringComparison.Ordinal)) Assert.Contains(answer, sample => sample.Labels["dst_service"] == "user-service");
        }
        string[] pending = [.. Rules(rules).Where(rule => rule["state"]?.GetValue<string>() is "pending" or "firing").Select(rule => rule["name"]!.GetValue<string>())];
        Assert.Contains("TulleErrorBudgetBurnsFast", pending);
        foreach (string quiet in (string[])["TulleProxyDown", "TulleProxyNotConnected", "TulleCertificateExpires", "TulleSeriesLimit", "TulleControlPlaneDown", "TulleIssuerExpires", "TulleConfigurationRefused"])
            Assert.DoesNotContain(quiet, pending);
    }

    private static IEnumerable<JsonNode> Rules(JsonNode answer) => answer["groups"]!.AsArray().SelectMany(group => group!["rules"]!.AsArray()).Select(rule => rule!);

    /// <summary>What Kiali's graph and Istio's boards ask, about this load.</summary>
    private static async Task CheckIstioAsync(PrometheusServer prometheus)
    {
        // Kiali's graph: what sources reported, by the labels of a node and an edge. It asks for rates, which do not see a status' first
        // requests, when it comes with them; so the load is looked for in the counts.
        const string By = "by (source_cluster,source_workload_namespace,source_workload,source_canonical_service,source_canonical_revision,destination_cluster,destination_service_namespace,destination_service,destination_service_name,destination_workload_namespace,destination_workload,destination_canonical_service,destination_canonical_revision,request_protocol,response_code,grpc_response_status,response_flags)";
        Assert.NotEmpty(await prometheus.QueryAsync($"sum(rate(istio_requests_total{{job=\"tulle-proxy\",reporter=\"source\",source_workload_namespace=\"default\"}}[2m])) {By} > 0"));
        IReadOnlyList<PrometheusSample> edges = await prometheus.QueryAsync($"sum(istio_requests_total{{job=\"tulle-proxy\",reporter=\"source\",source_workload_namespace=\"default\"}}) {By}");
        Assert.Contains(edges, edge => Has(edge, ("source_workload", "client"), ("destination_workload", "user-service-v1"), ("destination_service_name", "user-service"), ("response_code", "404"), ("request_protocol", "http")));
        Assert.Contains(edges, edge => Has(edge, ("source_workload", "client"), ("destination_workload", "talker"), ("grpc_response_status", "13"), ("request_protocol", "grpc")));
        Assert.Contains(edges, edge => Has(edge, ("source_workload", "client"), ("destination_service", "empty.default.svc.cluster.local"), ("response_flags", "UH"), ("response_code", "503")));
        // And requests from outside of the mesh, which only the destination sees.
        Assert.True(await prometheus.ValueAsync("sum(istio_requests_total{job=\"tulle-proxy\",reporter=\"destination\",source_workload=\"unknown\",destination_service_name=\"user-service\",connection_security_policy=\"none\"})") >= KnownLoad.Plaintext);
        foreach (string query in (string[])
        [
            // Istio's mesh, service and workload boards.
            "round(sum(irate(istio_requests_total{reporter=\"destination\",destination_service=~\"user-service.default.svc.cluster.local\"}[2m])), 0.001)",
            "sum(irate(istio_requests_total{reporter=~\"source|waypoint\",destination_service=~\"user-service.default.svc.cluster.local\",response_code!~\"5.*\"}[2m])) / sum(irate(istio_requests_total{reporter=~\"source|waypoint\",destination_service=~\"user-service.default.svc.cluster.local\"}[2m])) or vector(0)",
            "histogram_quantile(0.99, sum(rate(istio_request_duration_milliseconds_bucket{reporter=\"destination\",destination_workload=~\"user-service-v1\",destination_workload_namespace=~\"default\"}[2m])) by (le))",
            "histogram_quantile(0.50, sum(rate(istio_response_bytes_bucket{reporter=\"destination\",connection_security_policy=\"mutual_tls\",destination_workload=~\"user-service-v1\"}[2m])) by (source_workload, source_workload_namespace, le))",
            "label_join((sum(rate(istio_requests_total{reporter=\"source\",response_code=\"200\"}[2m])) by (destination_workload, destination_workload_namespace, destination_service)), \"destination_workload_var\", \".\", \"destination_workload\", \"destination_workload_namespace\")",
        ])
        {
            Assert.True((await prometheus.QueryAsync(query)).Count > 0, query);
        }
    }

    private static bool Has(PrometheusSample sample, params (string Name, string Value)[] labels) =>
        labels.All(label => sample.Labels.GetValueOrDefault(label.Name) == label.Value);

    /// <summary>The same page in the other format is the same numbers.</summary>
    private static async Task CheckTextFormatAsync(PrometheusServer prometheus)
    {
        foreach (string metric in (string[])["request_total", "response_total", "response_latency_ms_bucket", "request_duration_seconds_sum", "tcp_open_total", "mesh_errors_total"])
        {
            double open = await prometheus.ValueAsync($"sum({metric}{{job=\"tulle-proxy\",pod=\"client-0\"}})"), text = 0;
            Assert.True(open > 0, metric);
            // It may have been scraped last before the load was over.
            await Eventually.TrueAsync(
                async () => Math.Abs(open - (text = await prometheus.ValueAsync($"sum({metric}{{job=\"text\"}})"))) < 1e-6, Patience, $"{metric} is the same as text",
                () => $"{open} in OpenMetrics, {text} as text");
        }
    }
}
