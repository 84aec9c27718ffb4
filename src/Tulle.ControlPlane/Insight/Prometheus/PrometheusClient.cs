using System.Globalization;
using System.Text.Json;

namespace Tulle.ControlPlane.Insight.Prometheus;

/// <summary>A series of an answer: its labels, and its values by second.</summary>
internal sealed record PrometheusSeries(IReadOnlyDictionary<string, string> Labels, IReadOnlyList<(long Second, double Value)> Values)
{
    public string Label(string name) => Labels.GetValueOrDefault(name, "");
}

/// <summary>Asks a Prometheus. Thread-safe; blocks its caller, which is a thread of the pool that answers one question.</summary>
/// <param name="url">Where it is: <c>http://host:port</c>, with a path in front of <c>/api</c> perhaps.</param>
internal sealed class PrometheusClient(Uri url) : IDisposable
{
    /// <summary>How long one query may take; a dashboard that waits longer is of no use.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = Patience };
    private readonly Uri _endpoint = new(url.AbsoluteUri.TrimEnd('/') + "/api/v1/query_range");

    /// <summary>Evaluates a query at each step of a time, both ends included.</summary>
    /// <exception cref="InsightException">It does not answer, or refuses.</exception>
    public IReadOnlyList<PrometheusSeries> Query(string query, long start, long end, int step)
    {
        using var content = new FormUrlEncodedContent(
        [
            KeyValuePair.Create("query", query), KeyValuePair.Create("start", Text(start)), KeyValuePair.Create("end", Text(end)), KeyValuePair.Create("step", Text(step)),
        ]);
        using var request = new HttpRequestMessage(HttpMethod.Post, _endpoint) { Content = content };
        try
        {
            using HttpResponseMessage response = _http.Send(request);
            using var answer = JsonDocument.Parse(response.Content.ReadAsStream());
            if (answer.RootElement.GetProperty("status").GetString() == "success") return Read(answer.RootElement.GetProperty("data").GetProperty("result"));
            throw Unavailable(answer.RootElement.GetProperty("error").GetString() ?? "no reason");
        }
        catch (Exception error) when (error is HttpRequestException or JsonException or IOException or OperationCanceledException)
        {
            throw Unavailable(error is OperationCanceledException ? $"it did not answer within {Patience.TotalSeconds:0} s" : error.Message);
        }
    }

    public void Dispose() => _http.Dispose();

    private InsightException Unavailable(string why) =>
        new(503, "ServiceUnavailable", $"Prometheus at {url} cannot be asked: {why}; see whether it runs, or leave out --prometheus for the built-in numbers");

    private static List<PrometheusSeries> Read(JsonElement result)
    {
        var all = new List<PrometheusSeries>(result.GetArrayLength());
        foreach (JsonElement series in result.EnumerateArray())
        {
            Dictionary<string, string> labels = series.GetProperty("metric").EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString() ?? "");
            (long, double)[] values =
            [
                .. series.GetProperty("values").EnumerateArray()
                    .Select(value => ((long)value[0].GetDouble(), double.Parse(value[1].GetString()!, NumberStyles.Float, CultureInfo.InvariantCulture))),
            ];
            all.Add(new PrometheusSeries(labels, values));
        }
        return all;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
