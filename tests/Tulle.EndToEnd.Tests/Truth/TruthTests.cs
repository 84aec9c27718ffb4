using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tulle.Testing;

namespace Tulle.EndToEnd.Tests.Truth;

/// <summary>stat, edges, routes and /metrics say what the generator of the load counted itself: requests exactly, latency within the bound that the reference states.</summary>
public sealed partial class TruthTests(TruthMesh truth) : IClassFixture<TruthMesh>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>docs/reference/insight-api.md: off by at most 12.5 % of its value.</summary>
    private const double Bound = 0.125;

    [Theory]
    [InlineData("users")]
    [InlineData("orders")]
    [InlineData("talker")]
    public async Task Stat_Receiver_CountsWhatArrived(string service)
    {
        JsonNode row = await RowAsync(truth.Ledger.Arrived(service), "stat", $"deploy/{service}");
        Assert.Equal(Math.Round((double)truth.Ledger.Successes(service) / truth.Ledger.Arrived(service), 6), row["success"]!.GetValue<double>());
        Assert.Equal(0, row["mesh_errors"]!.GetValue<long>());
        Assert.Equal(1, row["mtls"]!.GetValue<double>());
    }

    [Theory]
    [InlineData("users")]
    [InlineData("orders")]
    [InlineData("talker")]
    public async Task Stat_Sender_CountsWhatItSent_WithTheMeshsErrors(string service)
    {
        JsonNode row = await RowAsync(truth.Ledger.Requests(service), "stat", "deploy/client", "--to", $"svc/{service}");
        Assert.Equal((truth.Ledger.Success(service), truth.Ledger.MeshErrors(service)), (row["success"]!.GetValue<double>(), row["mesh_errors"]!.GetValue<long>()));
    }

    [Theory]
    [InlineData("users")]
    [InlineData("orders")]
    [InlineData("talker")]
    public async Task Edges_CountEachRequestOnce(string service)
    {
        JsonArray rows = await RowsAsync(
            items => items.Sum(item => item!["requests"]!.GetValue<long>()) == truth.Ledger.Requests(service), "edges", "--to", $"svc/{service}");
        Assert.Equal(truth.Ledger.MeshErrors(service), rows.Sum(row => row!["meshErrors"]!.GetValue<long>()));
        JsonNode arrived = Assert.Single(rows, row => row!["destination"]!["workload"] is not null)!;
        Assert.Equal(("deployment/client", $"deployment/{service}"), (arrived["source"]!["workload"]!.GetValue<string>(), arrived["destination"]!["workload"]!.GetValue<string>()));
        Assert.Equal(truth.Ledger.Arrived(service), arrived["requests"]!.GetValue<long>());
        Assert.Equal(1, arrived["mtls"]!.GetValue<double>());
    }

    [Fact]
    public async Task Edges_ReceiverTakesPlaintextOnly_TellMeshAndStrangersApart()
    {
        // What the receiver counted is nobody's until the sender's report is there, too.
        JsonArray rows = await RowsAsync(
            items => items.Count == 2 && items.Sum(item => item!["requests"]!.GetValue<long>()) == truth.Ledger.Requests("plain") + TruthMesh.Strangers, "edges", "--to", "deploy/plain");
        Assert.Equal(
            [("", (long)TruthMesh.Strangers, 0.0), ("deployment/client", truth.Ledger.Requests("plain"), 0.0)],
            rows.Select(row => (row!["source"]!["workload"]?.GetValue<string>() ?? "", row["requests"]!.GetValue<long>(), row["mtls"]!.GetValue<double>())).Order());
    }

    [Theory]
    [InlineData("GET /users/{id}")]
    [InlineData("GET /carts/{id}")]
    public async Task Routes_CountWhatTheirNamesSay(string route)
    {
        string key = $"users {route}";
        JsonArray rows = await RowsAsync(
            items => items.Any(item => item!["route"]?.GetValue<string>() == route && item["requests"]!.GetValue<long>() == truth.Ledger.Requests(key)), "routes", "svc/users");
        JsonNode row = Assert.Single(rows, row => row!["route"]?.GetValue<string>() == route)!;
        Assert.Equal(truth.Ledger.Success(key), row["success"]!.GetValue<double>());
    }

    [Fact]
    public async Task Latency_IsWithinTheBound()
    {
        JsonNode stat = await RowAsync(truth.Ledger.Arrived("orders"), "stat", "deploy/orders");
        JsonArray edges = await RowsAsync(items => items.Sum(item => item!["requests"]!.GetValue<long>()) == truth.Ledger.Requests("orders"), "edges", "--to", "svc/orders");
        JsonNode edge = edges.Single(row => row!["destination"]!["workload"] is not null)!["latencyMs"]!;
        JsonArray rules = await RowsAsync(items => items.Any(item => item!["requests"]!.GetValue<long>() == truth.Ledger.Arrived("orders")), "routes", "svc/orders");
        JsonNode rule = rules.Single(row => row!["requests"]!.GetValue<long>() == truth.Ledger.Arrived("orders"))!["latencyMs"]!;
        foreach ((string name, double share) in ((string, double)[])[("p50", 0.50), ("p95", 0.95), ("p99", 0.99)])
        {
            // The proxies measure between what the application took at least and what the generator measured outside of them.
            double least = LeastMillis(share) * 0.99, most = truth.Ledger.Percentile("orders slow", share);
            Assert.InRange(stat[$"latency_ms_{name}"]!.GetValue<double>(), least * (1 - Bound), most * (1 + Bound));
            Assert.InRange(edge[name]!.GetValue<double>(), least * (1 - Bound), most * (1 + Bound));
            Assert.InRange(rule[name]!.GetValue<double>(), least * (1 - Bound), most * (1 + Bound));
        }
    }

    [Theory]
    [InlineData("users")]
    [InlineData("orders")]
    [InlineData("talker")]
    public async Task Metrics_OfBothSides_Agree(string service)
    {
        double Sum(string page, string family, params string[] labels) => Samples().Matches(page)
            .Where(match => match.Groups["name"].Value == family && labels.All(label => match.Groups["labels"].Value.Contains(label, StringComparison.Ordinal)))
            .Sum(match => double.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture));

        string client = await truth.Mesh.AdminAsync(truth.Client, "/metrics");
        string to = $"dst_service=\"{service}\"";
        Assert.Equal(truth.Ledger.Requests(service), Sum(client, "request_total", "direction=\"outbound\"", to));
        Assert.Equal(truth.Ledger.Successes(service), Sum(client, "response_total", "direction=\"outbound\"", to, "classification=\"success\""));
        Assert.Equal(truth.Ledger.MeshErrors(service), Sum(client, "response_total", "direction=\"outbound\"", to, "classification=\"mesh_error\""));
        string[] servers = await Task.WhenAll(truth.Mesh.Replicas(service).Select(replica => truth.Mesh.AdminAsync(replica, "/metrics")));
        Assert.Equal(truth.Ledger.Arrived(service), servers.Sum(page => Sum(page, "request_total", "direction=\"inbound\"")));
        Assert.Equal(truth.Ledger.Successes(service), servers.Sum(page => Sum(page, "response_total", "direction=\"inbound\"", "classification=\"success\"")));
    }

    private static double LeastMillis(double share)
    {
        double left = share * TruthMesh.Delays.Sum(delay => delay.Requests);
        foreach ((int millis, int requests) in TruthMesh.Delays)
        {
            left -= requests;
            if (left <= 0) return millis;
        }
        return TruthMesh.Delays[^1].Millis;
    }

    /// <summary>The one row of an answer, once every proxy has reported.</summary>
    private async Task<JsonNode> RowAsync(long requests, params string[] command) =>
        Assert.Single(await RowsAsync(items => items is [{ } row] && row["requests"]!.GetValue<long>() == requests, command))!;

    private async Task<JsonArray> RowsAsync(Func<JsonArray, bool> until, params string[] command)
    {
        JsonArray rows = [];
        await Eventually.TrueAsync(
            async () =>
            {
                rows = JsonNode.Parse((await truth.Mesh.TulleAsync([.. command, "-o", "json", "--window", "10m"])).Output)!.AsArray();
                return until(rows);
            },
            Patience, $"tulle {string.Join(' ', command)} says what was sent", () => $"{rows.ToJsonString()}\n{truth.Mesh.Show()}");
        return rows;
    }

    [GeneratedRegex("""(?m)^(?<name>[a-z_:]+)\{(?<labels>.*)\} (?<value>[0-9.e+]+)""")]
    private static partial Regex Samples();
}
