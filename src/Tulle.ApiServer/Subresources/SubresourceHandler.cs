using Tulle.ApiServer.Errors;
using Tulle.ApiServer.Http;
using Tulle.ApiServer.Verbs;

namespace Tulle.ApiServer.Subresources;

/// <summary>Parts of objects with their own address, beside status.</summary>
internal sealed class SubresourceHandler(TokenRequests tokens, Scales scales, LogHandler logs, WriteHandler write)
{
    public Task HandleAsync(ApiRequest request, string subresource, string verb) =>
        (request.Kind.Group, request.Kind.Kind, subresource, verb) switch
        {
            ("", "ServiceAccount", "token", "create") => tokens.CreateAsync(request),
            ("", "Pod", "log", "get") => logs.WriteAsync(request),
            ("", "Pod", "exec" or "attach" or "portforward" or "proxy" or "eviction" or "ephemeralcontainers", _) =>
                throw ApiErrors.NotServed($"pods/{subresource} is not served: pods here are processes of this machine; see tulle logs, or use your shell"),
            ("", "Namespace", "finalize", "update") => write.UpdateAsync(request with { Target = request.Target with { Subresource = null } }),
            ("apps", "Deployment" or "ReplicaSet" or "StatefulSet", "scale", "get") => scales.GetAsync(request),
            ("apps", "Deployment" or "ReplicaSet" or "StatefulSet", "scale", "update" or "patch") => scales.WriteAsync(request),
            _ => throw ApiErrors.UnknownPath(),
        };
}
