namespace Tulle.Model.Schemas;

/// <summary>A kind of object in the Kubernetes API: its names and its shape.</summary>
public sealed record ResourceKind
{
    /// <summary>API group; empty for the core group.</summary>
    public required string Group { get; init; }

    /// <summary>Versions served, the preferred (and stored) one first. All share one schema.</summary>
    public required IReadOnlyList<string> Versions { get; init; }

    public required string Kind { get; init; }

    /// <summary>Lower-case plural, as in URLs.</summary>
    public required string Plural { get; init; }

    public IReadOnlyList<string> ShortNames { get; init; } = [];

    /// <summary>Categories for <c>kubectl get all</c>.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    public bool Namespaced { get; init; } = true;

    /// <summary>Whether it has a <c>status</c> subresource.</summary>
    public bool HasStatus { get; init; }

    /// <summary>Shape of the whole object without apiVersion, kind and metadata, which every kind has.</summary>
    public required Schema Schema { get; init; }

    /// <summary>Columns of <c>kubectl get</c> after NAME (and NAMESPACE); AGE is added at the end.</summary>
    public IReadOnlyList<Column> Columns { get; init; } = [];

    /// <summary>Whether the kind does anything in this version; when not, that is said once for the object, not for each field.</summary>
    public Effect Effect { get; init; } = Effect.Applied;

    /// <summary>What its objects may be called.</summary>
    public NameFormat NameFormat { get; init; } = NameFormat.Subdomain;

    /// <summary>Whether fields may also be written in snake case: kinds that began as protobuf messages (Istio's) are read so by their own project.</summary>
    public bool AcceptsSnakeCase { get; init; }

    public string Singular => Kind.ToLowerInvariant();

    /// <summary><c>group/version</c>, or <c>version</c> for the core group.</summary>
    public string ApiVersion(string version) => Group.Length == 0 ? version : $"{Group}/{version}";
}

/// <summary>What a name may look like.</summary>
public enum NameFormat
{
    /// <summary>DNS subdomain (RFC 1123): labels joined by dots, 253 characters; what most kinds use.</summary>
    Subdomain,

    /// <summary>DNS label (RFC 1123): 63 characters, no dots; Namespace.</summary>
    Label,

    /// <summary>DNS label that starts with a letter (RFC 1035): Service.</summary>
    Rfc1035Label,

    /// <summary>Anything that can stand in a URL path segment: RBAC roles.</summary>
    PathSegment,
}

/// <summary>A column of <c>kubectl get</c>.</summary>
/// <param name="Name">Heading.</param>
/// <param name="Path">Where the value stands: a dotted path such as <c>.spec.host</c> or <c>.spec.hosts[*]</c>; kinds whose cells need more than a path are printed by the API server's own code.</param>
/// <param name="Priority">0 is always shown, 1 only with <c>-o wide</c>.</param>
/// <param name="Type">OpenAPI type of the cell.</param>
public sealed record Column(string Name, string Path, int Priority = 0, string Type = "string");
