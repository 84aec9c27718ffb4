using System.Globalization;
using System.Text.Json.Nodes;
using Tulle.EndToEnd.Tests.Mesh;
using Tulle.Testing;

namespace Tulle.EndToEnd.Tests.Observability;

/// <summary><c>tulle up --prometheus URL</c>: the views come from a real Prometheus, and agree with the built-in ones about the same traffic.</summary>
public sealed class PrometheusInsightTests
{
    private const int Requests = 240, Failures = 24, Unreachable = 7;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private static readonly string Compose = $$"""
        name: asked
        services:
          client: { command: python3 {{EchoMesh.App}}, ports: ["80"] }
          users: { command: python3 {{EchoMesh.App}}, ports: ["80"], deploy: { replicas: 2 } }

        """;

    private const string Empty = """
        apiVersion: v1
        kind: Service
        metadata: { name: empty }
        spec: { selector: { app: nobody }, ports: [{ name: http, port: 80 }] }
        """;

    [Fact]
    public async Task Views_FromPrometheus_AgreeWithTheBuiltInOnes()
    {
        await using var mesh = new MeshProcess(Compose);
        using var files = new PrometheusFiles(mesh.Home);
        Views asked;
        await using (PrometheusServer prometheus = await PrometheusServer.StartAsync(files.Configuration))
        {
            // Linkerd's dialect is the one whose classifications are others than ours.
            mesh.UpArguments = ["--prometheus", prometheus.Url.ToString(), "--metrics-compat", "linkerd"];
            await mesh.StartAsync();
            CommandResult applied = await mesh.Kubectl.TryAsync(["apply", "-f", "-"], Empty);
            Assert.True(applied.ExitCode == 0, applied.ToString());
            await Eventually.TrueAsync(async () => await prometheus.ValueAsync("count(up{job=\"tulle-proxy\"} == 1)") == 3, Patience, "every sidecar is scraped", prometheus.Show);
            await SendAsync(mesh);
            await Eventually.TrueAsync(
                async () => await prometheus.ValueAsync("sum(request_total{direction=\"outbound\",dst_service=\"users\"})") == Requests
                    && await prometheus.ValueAsync("sum(request_total{direction=\"inbound\",dst_service=\"users\"})") == Requests
                    && await prometheus.ValueAsync("sum(request_total{direction=\"outbound\",dst_service=\"empty\"})") == Unreachable,
                Patience, "Prometheus has counted the load", prometheus.Show);
            asked = await Views.ReadAsync(mesh);
        }

        // Without Prometheus, an answer says so instead of showing nothing.
        CommandResult refused = await mesh.Kubectl.TryAsync(["get", "--raw", Views.Path("stat/deployments")]);
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("Prometheus at", refused.Error, StringComparison.Ordinal);

        await mesh.StopAsync();
        mesh.UpArguments = [];
        await mesh.StartAsync();
        Views builtIn = await Views.ReadAsync(mesh);

        Assert.Equal(builtIn.Counts, asked.Counts);
        Assert.Equal(Requests, asked.Counts["stat users"].Requests);
        Assert.Equal(Requests, asked.Counts["history users"].Requests);
        Assert.Equal((Unreachable, 0, Unreachable), asked.Counts["edge deployment/client  empty"]);
        Assert.Equal(1 - ((double)Failures / Requests), asked.Counts["stat users"].Success, 6);
        foreach ((string name, double latency) in builtIn.Latencies)
        {
            // Each is off by its own bound: an eighth and a quarter.
            Assert.InRange(asked.Latencies[name], latency * 0.75 / 1.125, latency * 1.25 * 1.125);
        }
    }

    private static async Task SendAsync(MeshProcess mesh)
    {
        string proxy = mesh.Replicas("client")[0].Outbound;
        await using LoadClient good = new("http://users/", proxy), bad = new("http://users/", proxy), nobody = new("http://empty/", proxy);
        good.Headers["x-behave"] = "delay=40";
        bad.Headers["x-behave"] = "status=500";
        Assert.All(await good.SendAsync(Requests - Failures), sample => Assert.Equal(200, sample.Status));
        Assert.All(await bad.SendAsync(Failures), sample => Assert.Equal(500, sample.Status));
        Assert.All(await nobody.SendAsync(Unreachable), sample => Assert.Equal("no-endpoints", sample.Error));
    }

    /// <summary>What stat, edges, routes and history say of the last quarter of an hour.</summary>
    private sealed record Views(IReadOnlyDictionary<string, (double Requests, double Success, double MeshErrors)> Counts, IReadOnlyDictionary<string, double> Latencies)
    {
        public static string Path(string list) => $"/apis/insight.tulle.dev/v1/namespaces/default/{list}?window=15m";

        public static async Task<Views> ReadAsync(MeshProcess mesh)
        {
            var counts = new SortedDictionary<string, (double, double, double)>(StringComparer.Ordinal);
            var latencies = new SortedDictionary<string, double>(StringComparer.Ordinal);
            foreach (JsonNode row in await ItemsAsync(mesh, Path("stat/deployments"))) Add("stat", row["name"]!, row);
            foreach (JsonNode row in await ItemsAsync(mesh, Path("edges"))) Add("edge", $"{row["source"]!["workload"]} {row["destination"]!["workload"]} {row["destination"]!["service"]}", row);
            foreach (JsonNode row in await ItemsAsync(mesh, Path("routes"))) Add("route", $"{row["service"]} {row["route"]}", row);
            long end = (DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 10 * 10) + 10;
            string history = string.Create(
                CultureInfo.InvariantCulture, $"/apis/insight.tulle.dev/v1/namespaces/default/history/deployments/users?start={end - 900}&end={end}&step=10s");
            JsonNode users = Assert.Single(await ItemsAsync(mesh, history));
            counts["history users"] = (users["points"]!.AsArray().Sum(point => point!["requests"]!.GetValue<double>()), 0, 0);
            return new Views(counts, latencies);

            void Add(string view, object name, JsonNode row)
            {
                double requests = row["requests"]!.GetValue<double>();
                // What only listens or was not called has nothing to be compared.
                if (requests == 0) return;
                double errors = row["meshErrors"]!.GetValue<double>();
                counts[$"{view} {name}"] = (requests, Math.Round(row["success"]!.GetValue<double>(), 6), errors);
                // What the mesh answers itself takes less than Prometheus' first bucket.
                if (errors == requests) return;
                foreach (string quantile in (string[])["p50", "p95"]) latencies[$"{view} {name} {quantile}"] = row["latencyMs"]![quantile]!.GetValue<double>();
            }
        }

        private static async Task<IReadOnlyList<JsonNode>> ItemsAsync(MeshProcess mesh, string path) =>
            [.. JsonNode.Parse(await mesh.Kubectl.RunAsync("get", "--raw", path))!["items"]!.AsArray().Select(item => item!)];
    }
}
