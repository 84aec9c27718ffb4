using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tulle.Kubernetes;

/// <summary>Requests to an API server over HTTP, with the caller's token: what the verbs of <see cref="KubernetesClient"/> have in common. Thread-safe.</summary>
internal sealed class ApiExchange : IDisposable
{
    public const string JsonType = "application/json";

    private readonly KubernetesOptions _options;
    private readonly HttpClient _http;
    private readonly TokenSource _token;
    private readonly TimeProvider _clock;

    public ApiExchange(KubernetesOptions options, TimeProvider clock)
    {
        _options = options;
        _clock = clock;
        _token = new TokenSource(options, clock);
        _http = new HttpClient(HttpTransport.Create(options)) { BaseAddress = options.Server, Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd(options.UserAgent);
    }

    /// <summary>Sends a request and reads its answer, an object, within the time that a request may take.</summary>
    public async Task<JsonObject> ReadAsync(
        HttpMethod method, string pathAndQuery, HttpContent? content, string? accept, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(_options.RequestTimeout, _clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        try
        {
            using HttpResponseMessage response =
                await OpenAsync(method, pathAndQuery, content, accept, both.Token).ConfigureAwait(false);
            await using Stream body = await response.Content.ReadAsStreamAsync(both.Token).ConfigureAwait(false);
            return await JsonNode.ParseAsync(body, cancellationToken: both.Token).ConfigureAwait(false) as JsonObject
                ?? throw new ApiUnreachableException(_options.Server, $"the answer to {method} {pathAndQuery} is no JSON object", null);
        }
        catch (OperationCanceledException error) when (!cancellation.IsCancellationRequested && !deadline.IsCancellationRequested)
        {
            throw new ApiUnreachableException(_options.Server, $"no connection within {HttpTransport.ConnectTimeout.TotalSeconds:0} s", error);
        }
        catch (OperationCanceledException error) when (!cancellation.IsCancellationRequested)
        {
            string seconds = _options.RequestTimeout.TotalSeconds.ToString("0.#");
            throw new ApiUnreachableException(_options.Server, $"no answer to {method} {pathAndQuery} within {seconds} s", error);
        }
        catch (Exception error) when (error is JsonException or IOException or HttpRequestException)
        {
            throw new ApiUnreachableException(_options.Server, Cause(error), error);
        }
    }

    /// <summary>Sends a request; the answer's body is still to be read. What the server warns of is reported, a refusal thrown.</summary>
    public async Task<HttpResponseMessage> OpenAsync(
        HttpMethod method, string pathAndQuery, HttpContent? content, string? accept, CancellationToken cancellation)
    {
        HttpResponseMessage response = await SendAsync(method, pathAndQuery, content, accept, cancellation).ConfigureAwait(false);
        ReportWarnings(response);
        if (response.IsSuccessStatusCode) return response;

        using (response)
        {
            string body = await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
            throw ApiStatusException.Of((int)response.StatusCode, body, $"{method} {pathAndQuery}");
        }
    }

    /// <summary>Sends a request; whatever is answered is the answer.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string pathAndQuery, HttpContent? content, string? accept, CancellationToken cancellation)
    {
        using HttpRequestMessage request = Request(method, pathAndQuery, content, accept);
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            throw new ApiUnreachableException(_options.Server, Cause(error), error);
        }
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Request(HttpMethod method, string pathAndQuery, HttpContent? content, string? accept)
    {
        var request = new HttpRequestMessage(method, pathAndQuery)
        {
            Content = content,
            Version = new Version(2, 0),
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        request.Headers.TryAddWithoutValidation("Accept", accept ?? JsonType);
        if (_token.Current() is { } token) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return request;
    }

    private void ReportWarnings(HttpResponseMessage response)
    {
        if (_options.OnWarning is not { } report) return;
        foreach (WarningHeaderValue warning in response.Headers.Warning)
            report(warning.Text.Trim('"').Replace("\\\"", "\"", StringComparison.Ordinal).Replace(@"\\", @"\", StringComparison.Ordinal));
    }

    /// <summary>The innermost message: "Connection refused" rather than "An error occurred while sending the request".</summary>
    private static string Cause(Exception error)
    {
        while (error.InnerException is { } inner) error = inner;
        return error.Message;
    }
}
