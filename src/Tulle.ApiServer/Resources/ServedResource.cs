using Tulle.Model.Schemas;

namespace Tulle.ApiServer.Resources;

/// <summary>A kind that is served: built in, or made by a CustomResourceDefinition.</summary>
internal sealed record ServedResource
{
    public required ResourceKind Kind { get; init; }

    /// <summary>Whether a CustomResourceDefinition made it.</summary>
    public bool Custom { get; init; }

    /// <summary>Schemas that differ from <see cref="ResourceKind.Schema"/>, by version.</summary>
    public IReadOnlyDictionary<string, Schema> VersionSchemas { get; init; } = new Dictionary<string, Schema>();

    /// <summary>The singular name, for discovery.</summary>
    public string Singular { get; init; } = "";

    /// <summary>The kind of lists of it.</summary>
    public string ListKind { get; init; } = "";

    /// <summary>Whether objects are stored; reviews such as TokenReview are only answered.</summary>
    public bool Stored { get; init; } = true;

    /// <summary>Subresources beside <c>status</c>, with the kind each speaks.</summary>
    public IReadOnlyList<Subresource> Subresources { get; init; } = [];

    public Schema SchemaOf(string version) => VersionSchemas.GetValueOrDefault(version) ?? Kind.Schema;

    public bool Serves(string version) => Kind.Versions.Contains(version);

    public IReadOnlyList<string> Verbs => Stored ? AllVerbs : ["create"];

    private static readonly string[] AllVerbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
}

/// <summary>A part of an object with its own address.</summary>
internal sealed record Subresource(string Name, string Group, string Version, string Kind, IReadOnlyList<string> Verbs);
