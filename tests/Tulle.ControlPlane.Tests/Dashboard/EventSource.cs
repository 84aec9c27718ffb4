using System.Text.Json.Nodes;
using Tulle.ControlPlane.Tests.Hosting;

namespace Tulle.ControlPlane.Tests.Dashboard;

/// <summary>Reads an event stream of the dashboard.</summary>
internal sealed class EventSource : IDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _reader;

    private EventSource(HttpResponseMessage response, StreamReader reader) => (_response, _reader) = (response, reader);

    public static async Task<EventSource> OpenAsync(Browser browser, params string[] questions)
    {
        string query = string.Join('&', questions.Select(question => $"q={Uri.EscapeDataString(question)}"));
        HttpResponseMessage response = await browser.SendAsync("GET", $"/api/stream?{query}");
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}");
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        return new EventSource(response, new StreamReader(await response.Content.ReadAsStreamAsync()));
    }

    /// <summary>The next event and its data; null when the stream has ended.</summary>
    public async Task<(string Event, JsonObject Data)?> NextAsync()
    {
        string name = "";
        while (await _reader.ReadLineAsync().WaitAsync(TestMesh.Patience) is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal)) name = line[7..];
            else if (line.StartsWith("data: ", StringComparison.Ordinal)) return (name, JsonNode.Parse(line[6..])!.AsObject());
        }
        return null;
    }

    /// <summary>The next event that a condition accepts.</summary>
    public async Task<JsonObject> NextAsync(Func<JsonObject, bool> wanted)
    {
        while (await NextAsync() is { } next)
        {
            if (wanted(next.Data)) return next.Data;
        }
        throw new InvalidOperationException("the stream ended");
    }

    public void Dispose()
    {
        _reader.Dispose();
        _response.Dispose();
    }
}
