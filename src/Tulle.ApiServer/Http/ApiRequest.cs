using Microsoft.AspNetCore.Http;
using Tulle.ApiServer.Authentication;
using Tulle.ApiServer.Resources;
using Tulle.ApiServer.Storage;
using Tulle.Model.Schemas;

namespace Tulle.ApiServer.Http;

/// <summary>A request for a resource that is served, by someone who is known.</summary>
internal sealed record ApiRequest(HttpContext Http, UserInfo User, ServedResource Resource, RequestTarget Target, DateTimeOffset Now)
{
    public ResourceKind Kind => Resource.Kind;

    public string ApiVersion => Kind.ApiVersion(Target.Version);

    public ResourceType Type => new(Kind.Group, Kind.Plural);

    public CancellationToken Aborted => Http.RequestAborted;

    /// <summary>The namespace to read in; null for every namespace and for kinds that have none.</summary>
    public string? Namespace => Kind.Namespaced ? Target.Namespace : null;

    public ResourceKey Key(string name) => new(Kind.Group, Kind.Plural, Namespace ?? "", name);
}
