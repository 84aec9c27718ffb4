using System.Net;

namespace Tulle.Bench.Insight;

/// <summary>Follows questions as an open dashboard does.</summary>
internal sealed class DashboardReader : IAsyncDisposable
{
    private readonly HttpClient _http;
    private readonly Stream _stream;
    private readonly Task _reading;

    private DashboardReader(HttpClient http, Stream stream)
    {
        (_http, _stream) = (http, stream);
        _reading = ReadAsync();
    }

    public long Bytes { get; private set; }

    public long Events { get; private set; }

    public static async Task<DashboardReader> OpenAsync(Uri link, params string[] questions)
    {
        var http = new HttpClient(new SocketsHttpHandler { CookieContainer = new CookieContainer(), AllowAutoRedirect = false });
        (await http.GetAsync(link)).Dispose();
        string query = string.Join('&', questions.Select(question => $"q={Uri.EscapeDataString(question)}"));
        return new DashboardReader(http, await http.GetStreamAsync(new Uri(link, $"/api/stream?{query}")));
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _stream.DisposeAsync();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task ReadAsync()
    {
        byte[] buffer = new byte[64 * 1024];
        for (int read; (read = await _stream.ReadAsync(buffer)) > 0;)
        {
            Bytes += read;
            Events += buffer.AsSpan(0, read).Count("event: "u8);
        }
    }
}
