using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;

namespace Tulle.Testing;

/// <summary>One request of a <see cref="LoadClient"/>.</summary>
/// <param name="Status">HTTP status; 0 when there was no response.</param>
/// <param name="Version">What the application said it is, in its <c>x-version</c> header; null without one.</param>
/// <param name="Error">Why there was no response, or the mesh's <c>tulle-error</c>; null when neither.</param>
/// <param name="Started">When it was sent, since the client started.</param>
/// <param name="Took">Until the last byte of the response.</param>
public sealed record Sample(int Status, string? Version, string? Error, TimeSpan Started, TimeSpan Took);

/// <summary>
/// Sends requests to one URL with a fixed number of connections, either until told to stop or a fixed number of them,
/// and keeps what became of each.
/// </summary>
public sealed class LoadClient : IAsyncDisposable
{
    /// <summary>What <see cref="Sample.Error"/> says of a request that took longer than it may.</summary>
    public const string TimedOut = "timed out";

    private readonly HttpClient _client;
    private readonly Uri _url;
    private readonly ConcurrentQueue<Sample> _samples = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private Task _work = Task.CompletedTask;

    /// <param name="url">What to request.</param>
    /// <param name="proxy">HTTP proxy to go through (a sidecar's outbound port); null to connect straight.</param>
    /// <param name="timeout">A request that takes longer counts as failed: it hangs. Half a minute when not given, which no busy machine needs.</param>
    public LoadClient(string url, string? proxy = null, TimeSpan? timeout = null)
    {
        _url = new Uri(url);
        SocketsHttpHandler handler = new()
        {
            UseProxy = proxy is not null,
            Proxy = proxy is null ? null : new WebProxy(proxy),
            AllowAutoRedirect = false,
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(2),
        };
        _client = new HttpClient(handler) { Timeout = timeout ?? TimeSpan.FromSeconds(30) };
    }

    /// <summary>Sent with every request.</summary>
    public Dictionary<string, string> Headers { get; } = [];

    public IReadOnlyCollection<Sample> Samples => _samples;

    /// <summary>Time since the client started, on the scale of <see cref="Sample.Started"/>.</summary>
    public TimeSpan Now => _watch.Elapsed;

    /// <summary>Requests without a response, or with one of 500 and above.</summary>
    public IReadOnlyList<Sample> Failures => [.. _samples.Where(s => s.Status is 0 or >= 500)];

    /// <summary>Starts sending in the background.</summary>
    /// <param name="connections">Requests in flight at once.</param>
    /// <param name="pause">Pause of each connection between two requests, so that a long run does not take the whole machine.</param>
    public LoadClient Start(int connections, TimeSpan pause = default)
    {
        _work = Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            while (!_stop.IsCancellationRequested)
            {
                await SendOneAsync();
                if (pause > TimeSpan.Zero)
                {
                    await Task.Delay(pause);
                }
            }
        })));
        return this;
    }

    /// <summary>Sends a fixed number of requests and waits for all of them.</summary>
    public async Task<IReadOnlyList<Sample>> SendAsync(int requests, int connections = 8)
    {
        int left = requests;
        ConcurrentQueue<Sample> mine = new();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                mine.Enqueue(await SendOneAsync());
            }
        })));
        return [.. mine];
    }

    /// <summary>Ends the background load after the requests in flight.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _work;
    }

    /// <summary>Counts by status, errors and slowest request: for the message of a failed assertion.</summary>
    public override string ToString()
    {
        Sample[] all = [.. _samples];
        string statuses = string.Join(", ", all.GroupBy(s => s.Status).OrderBy(g => g.Key).Select(g => $"{g.Key}: {g.Count()}"));
        string errors = string.Join("\n", all.Where(s => s.Error is not null).GroupBy(s => s.Error).OrderByDescending(g => g.Count()).Take(8)
            .Select(g => $"  {g.Count()} × {g.Key} (first at {g.Min(s => s.Started).TotalSeconds:0.00} s)"));
        TimeSpan slowest = all.Length == 0 ? TimeSpan.Zero : all.Max(s => s.Took);
        return $"{all.Length} requests to {_url} ({statuses}), slowest {slowest.TotalMilliseconds:0} ms\n{errors}";
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _client.Dispose();
        _stop.Dispose();
    }

    private async Task<Sample> SendOneAsync()
    {
        TimeSpan started = _watch.Elapsed;
        Sample sample;
        try
        {
            using HttpRequestMessage request = new(HttpMethod.Get, _url);
            foreach ((string name, string value) in Headers)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
            using HttpResponseMessage response = await _client.SendAsync(request, HttpCompletionOption.ResponseContentRead);
            sample = new Sample((int)response.StatusCode, Header(response, "x-version"), Header(response, "tulle-error"), started, _watch.Elapsed - started);
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException or IOException)
        {
            string error = exception is TaskCanceledException ? TimedOut : (exception.InnerException ?? exception).Message;
            sample = new Sample(0, null, error, started, _watch.Elapsed - started);
        }
        _samples.Enqueue(sample);
        return sample;
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? string.Join(",", values) : null;
}
