using Tulle.ApiServer.Http;
using Tulle.ApiServer.Resources;
using Tulle.ApiServer.Storage;
using Tulle.Model.Schemas;

namespace Tulle.ApiServer.Admission;

/// <summary>What a write is about, and how strict it is.</summary>
internal sealed record WriteScope(ServedResource Resource, string Version, string? Namespace)
{
    public bool DryRun { get; init; }

    public FieldValidation Validation { get; init; } = FieldValidation.Ignore;

    /// <summary>Hears what the author should know and what did not stop the write.</summary>
    public Action<string> Warn { get; init; } = static _ => { };

    /// <summary><c>status</c> when only that part is written.</summary>
    public string? Subresource { get; init; }

    public ResourceKind Kind => Resource.Kind;

    public string ApiVersion => Kind.ApiVersion(Version);

    public ResourceKey Key(string name) => new(Kind.Group, Kind.Plural, Kind.Namespaced ? Namespace ?? "" : "", name);

    public static WriteScope Of(ApiRequest request) => new(request.Resource, request.Target.Version, request.Namespace)
    {
        DryRun = request.Http.Request.DryRun(),
        Validation = request.Http.Request.FieldValidation(),
        Warn = request.Http.Warn,
        Subresource = request.Target.Subresource,
    };
}
