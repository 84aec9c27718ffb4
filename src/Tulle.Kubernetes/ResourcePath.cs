using Tulle.Model.Schemas;

namespace Tulle.Kubernetes;

/// <summary>
/// Where a resource, or a collection of them, stands in the Kubernetes API: the path of its URL. A path without a name is
/// a collection; a collection without a namespace spans all namespaces.
/// </summary>
public readonly record struct ResourcePath
{
    private ResourcePath(string group, string version, string plural, string? @namespace, string? name, string? subresource)
    {
        Group = group;
        Version = version;
        Plural = plural;
        Namespace = @namespace;
        Name = name;
        Subresource = subresource;
    }

    /// <summary>API group; empty for the core group.</summary>
    public string Group { get; }

    public string Version { get; }

    /// <summary>Lower-case plural.</summary>
    public string Plural { get; }

    /// <summary>Null for cluster-scoped kinds and for all namespaces.</summary>
    public string? Namespace { get; }

    /// <summary>Null for a collection.</summary>
    public string? Name { get; }

    /// <summary><c>status</c>, <c>token</c>…; null for the object itself.</summary>
    public string? Subresource { get; }

    /// <summary>The path of a kind's object or collection, in the kind's preferred version.</summary>
    /// <param name="kind">The kind; a namespace is ignored when it is cluster-scoped.</param>
    /// <param name="namespace">Null for all namespaces.</param>
    /// <param name="name">Null for the collection.</param>
    /// <param name="version">Another served version than the preferred one.</param>
    public static ResourcePath Of(ResourceKind kind, string? @namespace = null, string? name = null, string? version = null) =>
        Of(kind.Group, version ?? kind.Versions[0], kind.Plural, kind.Namespaced ? @namespace : null, name);

    /// <summary>The path of an object or collection whose kind is known by its names only.</summary>
    public static ResourcePath Of(string group, string version, string plural, string? @namespace = null, string? name = null) =>
        new(group, version, plural, @namespace, name, null);

    /// <summary>The same kind and namespace, another object.</summary>
    public ResourcePath WithName(string name) => new(Group, Version, Plural, Namespace, name, null);

    /// <summary>A part of the object with its own URL: <c>status</c>, <c>token</c>, <c>scale</c>…</summary>
    public ResourcePath WithSubresource(string subresource) => new(Group, Version, Plural, Namespace, Name, subresource);

    /// <summary>The URL's path, percent-encoded.</summary>
    public override string ToString()
    {
        string root = Group.Length == 0 ? $"/api/{Version}" : $"/apis/{Group}/{Version}";
        string inNamespace = Namespace is null ? "" : $"/namespaces/{Uri.EscapeDataString(Namespace)}";
        string name = Name is null ? "" : $"/{Uri.EscapeDataString(Name)}";
        string subresource = Subresource is null ? "" : $"/{Subresource}";
        return $"{root}{inNamespace}/{Plural}{name}{subresource}";
    }
}
