using System.Globalization;
using System.Text.Json.Nodes;

namespace Tulle.Testing;

/// <summary>A sample of an answer.</summary>
public sealed record PrometheusSample(IReadOnlyDictionary<string, string> Labels, double Value)
{
    public override string ToString() => $"{{{string.Join(", ", Labels.Select(label => $"{label.Key}=\"{label.Value}\""))}}} {Value.ToString(CultureInfo.InvariantCulture)}";
}

/// <summary>The real Prometheus, on a free loopback port and with a folder of its own for its data.</summary>
public sealed class PrometheusServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly TemporaryFolder _data = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private readonly RunningProcess _process;

    private PrometheusServer(string configuration, int port)
    {
        Url = new Uri($"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}");
        _process = RunningProcess.Start("prometheus",
        [
            $"--config.file={configuration}", $"--storage.tsdb.path={_data.Path}", $"--web.listen-address={Url.Authority}",
            "--enable-feature=exemplar-storage", "--log.level=warn",
        ]);
    }

    public Uri Url { get; }

    /// <summary>Starts it and waits until it answers.</summary>
    /// <param name="configuration">Path of its configuration file.</param>
    public static async Task<PrometheusServer> StartAsync(string configuration)
    {
        var server = new PrometheusServer(configuration, FreePort.Next());
        await Eventually.TrueAsync(
            async () => server._process.HasExited
                ? throw new InvalidOperationException($"prometheus ended\n{server.Show()}")
                : (await server._http.GetAsync(new Uri(server.Url, "/-/ready"))).IsSuccessStatusCode,
            Patience, "Prometheus is ready", server.Show);
        return server;
    }

    public string Show() => _process.Show();

    /// <summary>What a query answers now. Fails with Prometheus' own words where it is no query.</summary>
    public async Task<IReadOnlyList<PrometheusSample>> QueryAsync(string query)
    {
        using HttpResponseMessage response = await _http.PostAsync(new Uri(Url, "/api/v1/query"), new FormUrlEncodedContent([KeyValuePair.Create("query", query)]));
        JsonNode answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        if (answer["status"]!.GetValue<string>() != "success") throw new InvalidOperationException($"Prometheus refuses {query}: {answer["error"]}");
        JsonNode data = answer["data"]!;
        if (data["resultType"]!.GetValue<string>() == "scalar") return [new PrometheusSample(new Dictionary<string, string>(), Number(data["result"]![1]!))];
        return
        [
            .. data["result"]!.AsArray().Select(result => new PrometheusSample(
                result!["metric"]!.AsObject().ToDictionary(label => label.Key, label => label.Value!.GetValue<string>()), Number(result["value"]![1]!))),
        ];
    }

    /// <summary>The value of a query that answers one sample or none; 0 for none.</summary>
    public async Task<double> ValueAsync(string query)
    {
        IReadOnlyList<PrometheusSample> samples = await QueryAsync(query);
        return samples.Count <= 1 ? samples.FirstOrDefault()?.Value ?? 0 : throw new InvalidOperationException($"{query} has {samples.Count} answers:\n{string.Join('\n', samples)}");
    }

    /// <summary>Reads a part of its API: <c>rules</c>, <c>targets</c> and so on.</summary>
    public async Task<JsonNode> GetAsync(string path) => JsonNode.Parse(await _http.GetStringAsync(new Uri(Url, $"/api/v1/{path}")))!["data"]!;

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _http.Dispose();
        _data.Dispose();
    }

    private static double Number(JsonNode text) => text.GetValue<string>() switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        var number => double.Parse(number, CultureInfo.InvariantCulture),
    };
}
