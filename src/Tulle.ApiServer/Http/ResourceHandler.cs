using Tulle.ApiServer.Authentication;
using Tulle.ApiServer.Errors;
using Tulle.ApiServer.Reviews;
using Tulle.ApiServer.Subresources;
using Tulle.ApiServer.Verbs;

namespace Tulle.ApiServer.Http;

/// <summary>Finds the verb of a request for a resource, asks whether the user may, and calls its handler.</summary>
internal sealed class ResourceHandler(ReadHandler read, WatchHandler watch, WriteHandler write, SubresourceHandler subresources, ReviewHandler reviews)
{
    public Task HandleAsync(ApiRequest request)
    {
        string verb = VerbOf(request);
        Authorizer.Check(request.User, verb, request);
        if (!request.Resource.Stored)
            return verb == "create" && request.Target.Name is null ? reviews.AnswerAsync(request) : throw ApiErrors.MethodNotAllowed();
        if (request.Target.Subresource is { } subresource && subresource != "status") return subresources.HandleAsync(request, subresource, verb);
        if (request.Target.Subresource == "status" && !(request.Kind.HasStatus && verb is "get" or "update" or "patch")) throw ApiErrors.UnknownPath();
        return verb switch
        {
            "get" => read.GetAsync(request),
            "list" => read.ListAsync(request),
            "watch" => watch.WatchAsync(request),
            "create" => CreateAsync(request),
            "update" => write.UpdateAsync(request),
            "patch" => write.PatchAsync(request),
            "delete" => write.DeleteAsync(request),
            _ => write.DeleteCollectionAsync(request),
        };
    }

    private Task CreateAsync(ApiRequest request)
    {
        if (request.Kind.Namespaced && request.Namespace is null) throw ApiErrors.MethodNotAllowed($"a {request.Kind.Kind} is created in a namespace: POST to /namespaces/NAME/{request.Kind.Plural}");
        return write.CreateAsync(request);
    }

    private static string VerbOf(ApiRequest request)
    {
        bool one = request.Target.Name is not null;
        bool collection = !one || request.Target.Subresource is not null;
        return request.Http.Request.Method switch
        {
            "GET" when request.Target.Watch || (request.Target.Subresource is null && request.Http.Request.Flag("watch")) => "watch",
            "GET" or "HEAD" => one ? "get" : "list",
            "POST" when collection => "create",
            "PUT" when one => "update",
            "PATCH" when one => "patch",
            "DELETE" => one ? "delete" : "deletecollection",
            _ => throw ApiErrors.MethodNotAllowed(),
        };
    }
}
