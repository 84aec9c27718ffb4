namespace Tulle.ApiServer.Storage;

/// <summary>All objects of one resource: the unit of lists and watches.</summary>
internal readonly record struct ResourceType(string Group, string Plural);

/// <summary>The key of one object. <see cref="Namespace"/> is empty for cluster-scoped kinds.</summary>
internal readonly record struct ResourceKey(string Group, string Plural, string Namespace, string Name)
{
    public ResourceType Type => new(Group, Plural);
}
