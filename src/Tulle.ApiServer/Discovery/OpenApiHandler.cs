using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tulle.ApiServer.Errors;
using Tulle.ApiServer.Http;
using Tulle.ApiServer.Objects;
using Tulle.ApiServer.Resources;

namespace Tulle.ApiServer.Discovery;

/// <summary>
/// The schemas as OpenAPI documents: <c>/openapi/v3</c> for clients of today, <c>/openapi/v2</c> for those before 1.24.
/// Made from <see cref="Tulle.Model.Schemas.Schema"/> when first asked for, and again when custom resources change.
/// </summary>
internal sealed class OpenApiHandler(ResourceRegistry registry)
{
    private readonly ConcurrentDictionary<(long Generation, string Path), byte[]> _documents = new();

    public Task AnswerAsync(HttpContext http, string path)
    {
        if (http.Request.Method is not ("GET" or "HEAD")) throw ApiErrors.MethodNotAllowed();
        if (path == "/openapi/v2") return AnswerV2Async(http);
        if (path == "/openapi/v3") return http.WriteJsonAsync(Index());
        if (!path.StartsWith("/openapi/v3/", StringComparison.Ordinal)) throw ApiErrors.UnknownPath();
        RefuseProtobufOnly(http.Request);
        byte[] document = Document(path["/openapi/v3/".Length..]) ?? throw ApiErrors.UnknownPath();
        http.Response.Headers.ETag = $"\"{Hash(document)}\"";
        return http.WriteBytesAsync(document);
    }

    private Task AnswerV2Async(HttpContext http)
    {
        // Clients of that age send their wish for protobuf and accept nothing else.
        bool protobuf = http.Request.Headers.Accept.ToString().Contains("proto-openapi.spec.v2", StringComparison.Ordinal);
        // The type they ask for has a character that their own parser of answers refuses, so it is not named.
        byte[] document = Cached(protobuf ? "v2.pb" : "v2", () => OpenApiV2.Document(registry, protobuf));
        return http.WriteBytesAsync(document, protobuf ? "application/octet-stream" : "application/json");
    }

    private JsonObject Index()
    {
        var paths = new JsonObject();
        foreach (string path in Paths())
            paths[path] = new JsonObject { ["serverRelativeURL"] = $"/openapi/v3/{path}?hash={Hash(Document(path)!)}" };
        return new JsonObject { ["paths"] = paths };
    }

    private IEnumerable<string> Paths() =>
        registry.All.SelectMany(resource => resource.Kind.Versions.Select(version => PathOf(resource.Kind.Group, version))).Distinct();

    private byte[]? Document(string path)
    {
        ServedResource[] resources = [.. registry.All.Where(r => r.Kind.Versions.Any(version => PathOf(r.Kind.Group, version) == path))];
        if (resources.Length == 0) return null;
        string version = path[(path.LastIndexOf('/') + 1)..];
        return Cached(path, () => Json.ToBytes(OpenApiV3.Document(resources, version)));
    }

    private byte[] Cached(string path, Func<byte[]> make)
    {
        long generation = registry.Generation;
        foreach ((long Generation, string Path) old in _documents.Keys.Where(key => key.Generation != generation)) _documents.TryRemove(old, out _);
        return _documents.GetOrAdd((generation, path), _ => make());
    }

    private static void RefuseProtobufOnly(HttpRequest request)
    {
        string accept = request.Headers.Accept.ToString();
        if (accept.Contains("protobuf", StringComparison.Ordinal) && !accept.Contains("json", StringComparison.Ordinal)) throw ApiErrors.NotAcceptable(accept);
    }

    private static string PathOf(string group, string version) => group.Length == 0 ? $"api/{version}" : $"apis/{group}/{version}";

    private static string Hash(byte[] document) => Convert.ToHexString(SHA256.HashData(document).AsSpan(0, 16));
}
