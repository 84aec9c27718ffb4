using System.Text.Json;

namespace Tulle.Samples.Shop;

/// <summary>What came of one call. Status 0: no answer.</summary>
internal readonly record struct Reply(string Service, string Version, int Status);

/// <summary>
/// Calls to other services, by name. A failed call degrades the answer instead of failing it, so the success rate of a
/// service is its own: one minus <see cref="Temperament.ErrorRate"/>.
/// </summary>
internal sealed class Downstream : IDisposable
{
    // What a request carries on to the calls behind it: routing by header reaches services deep in the graph.
    private static readonly string[] PropagatedHeaders = ["version", "x-request-id", "traceparent", "tracestate", "baggage"];

    // The default handler finds the sidecar in HTTP_PROXY. .NET's own trace context would stand in the way of the one that came.
    private readonly HttpClient _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 64, UseCookies = false, ActivityHeadersPropagator = null })
    {
        Timeout = TimeSpan.FromSeconds(5),
    };

    public async Task<IReadOnlyList<Reply>> AskAllAsync(IReadOnlyList<Call> calls, HttpRequest cause, CancellationToken cancellation)
    {
        if (calls.Count == 0) return [];
        string id = cause.RouteValues.TryGetValue("id", out object? value) && value is string text ? text : "1";
        return await Task.WhenAll(calls.Select(call => AskAsync(call, id, cause.Headers, cancellation)));
    }

    private async Task<Reply> AskAsync(Call call, string id, IHeaderDictionary headers, CancellationToken cancellation)
    {
        string path = call.Path.Replace("{id}", Uri.EscapeDataString(id), StringComparison.Ordinal);
        using var request = new HttpRequestMessage(new HttpMethod(call.Method), $"http://{call.Service}{path}");
        if (call.Method == "POST") request.Content = new ByteArrayContent([]);
        foreach (string name in PropagatedHeaders)
        {
            if (headers.TryGetValue(name, out var values)) request.Headers.TryAddWithoutValidation(name, values.ToArray());
        }

        try
        {
            using var response = await _http.SendAsync(request, cancellation);
            byte[] body = await response.Content.ReadAsByteArrayAsync(cancellation);
            return new Reply(call.Service, VersionIn(body), (int)response.StatusCode);
        }
        catch (HttpRequestException e)
        {
            Console.Error.WriteLine($"{call.Method} {request.RequestUri} failed: {e.Message}");
            return new Reply(call.Service, "", 0);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            Console.Error.WriteLine($"{call.Method} {request.RequestUri} got no answer in {_http.Timeout.TotalSeconds:0} s");
            return new Reply(call.Service, "", 0);
        }
    }

    private static string VersionIn(byte[] body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("version"u8))
                    return reader.Read() ? reader.GetString() ?? "" : "";
            }
        }
        catch (JsonException)
        {
            // An answer of the mesh itself is text, not JSON.
        }

        return "";
    }

    public void Dispose() => _http.Dispose();
}
