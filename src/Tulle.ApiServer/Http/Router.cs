using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Tulle.ApiServer.Authentication;
using Tulle.ApiServer.Discovery;
using Tulle.ApiServer.Errors;
using Tulle.ApiServer.Resources;

namespace Tulle.ApiServer.Http;

/// <summary>Finds what answers a path: health, discovery, schemas, an aggregated group, or a resource.</summary>
internal sealed class Router(ResourceRegistry registry, ResourceHandler resources, DiscoveryHandler discovery, OpenApiHandler openApi, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, RequestDelegate> _aggregated = new(StringComparer.Ordinal);

    public void Aggregate(string group, RequestDelegate handler) => _aggregated[group] = handler;

    public Task RouteAsync(HttpContext http, UserInfo user)
    {
        string path = http.Request.Path.Value ?? "/";
        if (path is "/healthz" or "/livez" or "/readyz" || path.StartsWith("/livez/", StringComparison.Ordinal) || path.StartsWith("/readyz/", StringComparison.Ordinal))
            return http.WriteTextAsync("ok");
        if (path == "/version") return http.WriteJsonAsync(DiscoveryHandler.Version());
        if (user == UserInfo.Anonymous) throw ApiErrors.Unauthorized();
        if (path.StartsWith("/openapi/", StringComparison.Ordinal)) return openApi.AnswerAsync(http, path);
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts is ["apis", var group, ..] && _aggregated.TryGetValue(group, out RequestDelegate? handler))
        {
            Authorizer.RequireAdmin(user, http.Request.Method, group);
            return handler(http);
        }
        if (parts is [] or ["api"] or ["apis"] or ["api", _] or ["apis", _] or ["apis", _, _]) return discovery.AnswerAsync(http, parts);
        return RouteResourceAsync(http, user, path);
    }

    private Task RouteResourceAsync(HttpContext http, UserInfo user, string path)
    {
        RequestTarget target = RequestTarget.Parse(path) ?? throw ApiErrors.UnknownPath();
        ServedResource resource = registry.Find(target.Group, target.Plural) ?? throw ApiErrors.UnknownPath();
        if (!resource.Serves(target.Version)) throw ApiErrors.UnknownPath();
        if (target.Namespace is not null && !resource.Kind.Namespaced) throw ApiErrors.UnknownPath();
        // Namespaced objects are reached through their namespace; only lists go across namespaces.
        if (resource.Kind.Namespaced && target.Namespace is null && target.Name is not null) throw ApiErrors.UnknownPath();
        return resources.HandleAsync(new ApiRequest(http, user, resource, target, clock.GetUtcNow()));
    }
}
