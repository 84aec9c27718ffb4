using System.Text.Json.Nodes;

namespace Tulle.ApiServer.Tests.Testing;

/// <summary>An open watch, read event by event.</summary>
internal sealed class WatchReader : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _reader;

    private WatchReader(HttpResponseMessage response, Stream stream)
    {
        _response = response;
        _reader = new StreamReader(stream);
    }

    public static async Task<WatchReader> OpenAsync(ApiHost host, string path)
    {
        HttpResponseMessage response = await host.Client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
        Assert.True(response.IsSuccessStatusCode, await (response.IsSuccessStatusCode ? Task.FromResult("") : response.Content.ReadAsStringAsync()));
        return new WatchReader(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>The next event as its type and object; null at the end of the watch.</summary>
    public async Task<(string Type, JsonObject Object)?> NextAsync(CancellationToken cancellation)
    {
        if (await _reader.ReadLineAsync(cancellation) is not { } line) return null;
        var change = (JsonObject)JsonNode.Parse(line)!;
        return (change["type"]!.GetValue<string>(), (JsonObject)change["object"]!);
    }

    /// <summary>The next event as <c>TYPE name</c>; empty at the end of the watch.</summary>
    public async Task<string> NextLineAsync(CancellationToken cancellation) =>
        await NextAsync(cancellation) is var (type, value) ? $"{type} {value["metadata"]?["name"]?.GetValue<string>()}".Trim() : "";

    public ValueTask DisposeAsync()
    {
        _reader.Dispose();
        _response.Dispose();
        return ValueTask.CompletedTask;
    }
}
