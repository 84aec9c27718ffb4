namespace Tulle.ApiServer.Http;

/// <summary>What a resource path names.</summary>
/// <param name="Group">API group; empty for the core group.</param>
/// <param name="Version">API version.</param>
/// <param name="Namespace">The namespace; null when the path has none.</param>
/// <param name="Plural">The resource.</param>
/// <param name="Name">The object; null for the collection.</param>
/// <param name="Subresource">Part of the object, such as <c>status</c>; null for the object itself.</param>
/// <param name="Watch">Whether the path is of the old <c>/watch/</c> form.</param>
internal sealed record RequestTarget(
    string Group, string Version, string? Namespace, string Plural, string? Name, string? Subresource, bool Watch)
{
    /// <summary>Reads <c>/api/v1/…</c> and <c>/apis/group/version/…</c>; null when the path is no resource path.</summary>
    public static RequestTarget? Parse(string path)
    {
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        int at = parts is ["api", _, ..] ? 1 : parts is ["apis", _, _, ..] ? 2 : -1;
        if (at < 0) return null;
        string group = at == 1 ? "" : parts[1];
        string version = parts[at];
        ReadOnlySpan<string> rest = parts.AsSpan(at + 1);
        bool watch = rest is ["watch", _, ..];
        if (watch) rest = rest[1..];
        return rest switch
        {
            // The namespaces resource and its own subresources look like the prefix of namespaced paths.
            ["namespaces"] => new(group, version, null, "namespaces", null, null, watch),
            ["namespaces", var name] => new(group, version, null, "namespaces", name, null, watch),
            ["namespaces", var name, "status" or "finalize"] => new(group, version, null, "namespaces", name, rest[2], watch),
            ["namespaces", var ns, var plural] => new(group, version, ns, plural, null, null, watch),
            ["namespaces", var ns, var plural, var name] => new(group, version, ns, plural, name, null, watch),
            ["namespaces", var ns, var plural, var name, var sub] => new(group, version, ns, plural, name, sub, watch),
            [var plural] => new(group, version, null, plural, null, null, watch),
            [var plural, var name] => new(group, version, null, plural, name, null, watch),
            [var plural, var name, var sub] => new(group, version, null, plural, name, sub, watch),
            _ => null,
        };
    }
}
