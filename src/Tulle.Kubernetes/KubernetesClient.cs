using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Tulle.Kubernetes;

/// <summary>
/// A thin client of the Kubernetes API: objects stay JSON. Every method throws <see cref="ApiStatusException"/> when the
/// server refuses and <see cref="ApiUnreachableException"/> when no answer comes. Thread-safe.
/// </summary>
public sealed class KubernetesClient : IDisposable
{
    private const string TableType = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

    private readonly ApiExchange _api;

    public KubernetesClient(KubernetesOptions options, TimeProvider? clock = null)
    {
        Options = options;
        _api = new ApiExchange(options, clock ?? TimeProvider.System);
    }

    /// <summary>What the client was made with.</summary>
    public KubernetesOptions Options { get; }

    /// <summary>Reads an object.</summary>
    public Task<JsonObject> GetAsync(ResourcePath path, CancellationToken cancellation = default) =>
        _api.ReadAsync(HttpMethod.Get, path.ToString(), null, null, cancellation);

    /// <summary>Reads an object; null when there is none.</summary>
    public async Task<JsonObject?> TryGetAsync(ResourcePath path, CancellationToken cancellation = default)
    {
        try
        {
            return await GetAsync(path, cancellation).ConfigureAwait(false);
        }
        catch (ApiStatusException error) when (error.IsNotFound)
        {
            return null;
        }
    }

    /// <summary>Reads a whole collection, page by page. Items get their apiVersion and kind, which servers leave out in lists.</summary>
    public async Task<ResourceList> ListAsync(ResourcePath path, ListOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new ListOptions();
        var items = new List<JsonObject>();
        string? next = null;
        while (true)
        {
            string query = QueryString.Of(
                ("labelSelector", options.LabelSelector), ("fieldSelector", options.FieldSelector),
                ("limit", options.PageSize.ToString()), ("continue", next));
            JsonObject page = await _api.ReadAsync(HttpMethod.Get, path + query, null, null, cancellation).ConfigureAwait(false);
            TakeItems(page, items);
            next = page.Text("metadata", "continue");
            if (string.IsNullOrEmpty(next)) return new ResourceList(items, page.ObjectVersion());
        }
    }

    /// <summary>Reads a collection or object as the Table that <c>kubectl get</c> prints.</summary>
    public Task<JsonObject> GetTableAsync(ResourcePath path, ListOptions? options = null, CancellationToken cancellation = default)
    {
        string query = QueryString.Of(("labelSelector", options?.LabelSelector), ("fieldSelector", options?.FieldSelector));
        return _api.ReadAsync(HttpMethod.Get, path + query, null, TableType, cancellation);
    }

    /// <summary>Creates an object in a collection, or posts to a subresource such as <c>token</c>.</summary>
    public Task<JsonObject> CreateAsync(
        ResourcePath path, JsonObject value, WriteOptions? options = null, CancellationToken cancellation = default) =>
        _api.ReadAsync(HttpMethod.Post, path + Query(options, force: false), Content(value, ApiExchange.JsonType), null, cancellation);

    /// <summary>Replaces an object. Its <c>metadata.resourceVersion</c>, when set, must still be the current one.</summary>
    public Task<JsonObject> UpdateAsync(
        ResourcePath path, JsonObject value, WriteOptions? options = null, CancellationToken cancellation = default) =>
        _api.ReadAsync(HttpMethod.Put, path + Query(options, force: false), Content(value, ApiExchange.JsonType), null, cancellation);

    /// <summary>Changes part of an object.</summary>
    public Task<JsonObject> PatchAsync(
        ResourcePath path, PatchKind kind, JsonNode patch, WriteOptions? options = null, CancellationToken cancellation = default)
    {
        string type = kind switch
        {
            PatchKind.Merge => "application/merge-patch+json",
            PatchKind.Json => "application/json-patch+json",
            PatchKind.Strategic => "application/strategic-merge-patch+json",
            _ => "application/apply-patch+yaml",
        };
        string query = Query(options ?? (kind == PatchKind.Apply ? new WriteOptions() : null), kind == PatchKind.Apply);
        return _api.ReadAsync(HttpMethod.Patch, path + query, Content(patch, type), null, cancellation);
    }

    /// <summary>Creates an object, or makes an existing one what it says by server-side apply, taking over fields of others.</summary>
    public Task<JsonObject> ApplyAsync(ResourcePath path, JsonObject value, WriteOptions? options = null, CancellationToken cancellation = default) =>
        PatchAsync(path, PatchKind.Apply, value, options ?? new WriteOptions { Force = true }, cancellation);

    /// <summary>Deletes an object. The answer is the object or a Status.</summary>
    /// <param name="path">The object.</param>
    /// <param name="propagation"><c>Background</c> (the server's default), <c>Foreground</c> or <c>Orphan</c>.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task<JsonObject> DeleteAsync(ResourcePath path, string? propagation = null, CancellationToken cancellation = default) =>
        _api.ReadAsync(HttpMethod.Delete, path + QueryString.Of(("propagationPolicy", propagation)), null, null, cancellation);

    /// <summary>Deletes what a selector finds in a collection.</summary>
    public Task<JsonObject> DeleteCollectionAsync(ResourcePath path, ListOptions? options = null, CancellationToken cancellation = default)
    {
        string query = QueryString.Of(("labelSelector", options?.LabelSelector), ("fieldSelector", options?.FieldSelector));
        return _api.ReadAsync(HttpMethod.Delete, path + query, null, null, cancellation);
    }

    /// <summary>Reads any path as JSON: discovery documents, aggregated groups.</summary>
    public Task<JsonObject> GetRawAsync(string pathAndQuery, CancellationToken cancellation = default) =>
        _api.ReadAsync(HttpMethod.Get, pathAndQuery, null, null, cancellation);

    /// <summary>Opens any path as a stream that lasts until it is disposed, cancelled or ended by the server.</summary>
    public async Task<Stream> OpenStreamAsync(string pathAndQuery, CancellationToken cancellation = default)
    {
        HttpResponseMessage response = await _api.OpenAsync(HttpMethod.Get, pathAndQuery, null, null, cancellation).ConfigureAwait(false);
        return new ResponseStream(response, await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false));
    }

    /// <summary>Sends a request on for somebody else, and returns whatever is answered, a refusal too. The caller disposes it, and sets the time limit.</summary>
    /// <exception cref="ApiUnreachableException">No answer comes.</exception>
    public Task<HttpResponseMessage> ForwardAsync(HttpMethod method, string pathAndQuery, HttpContent? content, CancellationToken cancellation = default) =>
        _api.SendAsync(method, pathAndQuery, content, null, cancellation);

    public void Dispose() => _api.Dispose();

    private static void TakeItems(JsonObject page, List<JsonObject> items)
    {
        string? apiVersion = page.Text("apiVersion");
        string? kind = page.Text("kind") is { } list && list.EndsWith("List", StringComparison.Ordinal) ? list[..^4] : null;
        if (page["items"] is not JsonArray array) return;
        JsonNode?[] nodes = [.. array];
        array.Clear();
        foreach (JsonNode? node in nodes)
        {
            if (node is not JsonObject item) continue;
            if (apiVersion is not null && !item.ContainsKey("apiVersion")) item["apiVersion"] = apiVersion;
            if (kind is not null && !item.ContainsKey("kind")) item["kind"] = kind;
            items.Add(item);
        }
    }

    private static string Query(WriteOptions? options, bool force) => options is null
        ? ""
        : QueryString.Of(
            ("fieldManager", options.FieldManager), ("fieldValidation", options.FieldValidation),
            ("dryRun", options.DryRun ? "All" : null), ("force", force && options.Force ? "true" : null));

    private static StringContent Content(JsonNode value, string type) =>
        new(value.ToJsonString(), Encoding.UTF8, MediaTypeHeaderValue.Parse(type));
}
