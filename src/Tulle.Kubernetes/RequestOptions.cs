using System.Text.Json.Nodes;

namespace Tulle.Kubernetes;

/// <summary>What to select from a collection.</summary>
public sealed record ListOptions
{
    public string? LabelSelector { get; init; }

    public string? FieldSelector { get; init; }

    /// <summary>Objects per page. 500, kubectl's chunk size.</summary>
    public int PageSize { get; init; } = 500;
}

/// <summary>How to take a created, updated or patched object.</summary>
public sealed record WriteOptions
{
    /// <summary>Who is said to own the fields; required for <see cref="PatchKind.Apply"/>.</summary>
    public string FieldManager { get; init; } = "tulle";

    /// <summary><c>Strict</c>, <c>Warn</c> or <c>Ignore</c> unknown fields; null for the server's default.</summary>
    public string? FieldValidation { get; init; }

    /// <summary>Checks everything and changes nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>With <see cref="PatchKind.Apply"/>: takes fields over from other managers.</summary>
    public bool Force { get; init; }
}

/// <summary>The kinds of patch that an API server takes.</summary>
public enum PatchKind
{
    /// <summary>JSON merge patch, RFC 7396.</summary>
    Merge,

    /// <summary>JSON patch, RFC 6902.</summary>
    Json,

    /// <summary>Kubernetes' strategic merge patch; core kinds only.</summary>
    Strategic,

    /// <summary>Server-side apply.</summary>
    Apply,
}

/// <summary>Everything a collection held at one moment.</summary>
/// <param name="Items">The objects, in the server's order.</param>
/// <param name="ResourceVersion">Where a watch carries on from.</param>
public sealed record ResourceList(IReadOnlyList<JsonObject> Items, string ResourceVersion);
