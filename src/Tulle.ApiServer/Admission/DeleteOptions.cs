using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tulle.ApiServer.Errors;
using Tulle.ApiServer.Http;
using Tulle.ApiServer.Objects;

namespace Tulle.ApiServer.Admission;

internal enum Propagation
{
    /// <summary>The object goes first; what it owned is collected afterwards.</summary>
    Background,

    /// <summary>What it owns goes first.</summary>
    Foreground,

    /// <summary>What it owns stays, ownerless.</summary>
    Orphan,
}

/// <summary>How something is to be deleted.</summary>
/// <param name="Propagation">What becomes of the objects it owns.</param>
/// <param name="Uid">Only if it has this UID; null for any.</param>
/// <param name="ResourceVersion">Only in this version; null for any.</param>
/// <param name="DryRun">Only check.</param>
internal sealed record DeleteOptions(Propagation Propagation, string? Uid, string? ResourceVersion, bool DryRun)
{
    public static readonly DeleteOptions Default = new(Propagation.Background, null, null, false);

    /// <summary>Options of the body, and of the query where the body does not say.</summary>
    public static async Task<DeleteOptions> ReadAsync(HttpRequest request)
    {
        JsonObject? body = await request.ReadOptionalObjectAsync();
        if (body.Text("kind") is { } kind and not "DeleteOptions")
            throw ApiErrors.BadRequest($"the body of a delete is a DeleteOptions, and this is a {kind}");
        string? policy = body.Text("propagationPolicy") ?? request.Query("propagationPolicy");
        bool orphan = body.Flag("orphanDependents") ?? request.Flag("orphanDependents");
        Propagation propagation = policy switch
        {
            null => orphan ? Propagation.Orphan : Propagation.Background,
            "Background" => Propagation.Background,
            "Foreground" => Propagation.Foreground,
            "Orphan" => Propagation.Orphan,
            _ => throw ApiErrors.BadRequest($"propagationPolicy is \"{policy}\"; write Background, Foreground or Orphan"),
        };
        return new DeleteOptions(propagation, body.Text("preconditions", "uid"), body.Text("preconditions", "resourceVersion"),
            request.DryRun() || body.Texts("dryRun").Contains("All"));
    }
}
