using System.Buffers;
using Tulle.Kubernetes;
using Tulle.Model.Schemas;
using Tulle.Model.Schemas.Mesh;

namespace Tulle.ControlPlane.Dashboard.Api;

/// <summary>
/// A path of the Kubernetes API that the dashboard may use, made of parts that were each allowed: what is sent on is written anew from them, never
/// the text that came.
/// </summary>
/// <param name="Path">Where it leads.</param>
/// <param name="Writable">Whether it is of a kind that configures the mesh.</param>
/// <param name="Named">Whether it names one object.</param>
internal sealed record PassedPath(ResourcePath Path, bool Writable, bool Named)
{
    /// <summary>
    /// Kinds that may be read besides those of the mesh: what Kubernetes' own <c>view</c> role shows, less what may hold
    /// anything at all (ConfigMaps). Secrets are in no list of ours.
    /// </summary>
    private static readonly HashSet<(string Group, string Plural)> Readable =
    [
        ("", "namespaces"), ("", "services"), ("", "endpoints"), ("", "pods"), ("", "serviceaccounts"), ("", "nodes"), ("", "events"),
        ("events.k8s.io", "events"), ("discovery.k8s.io", "endpointslices"),
        ("apps", "deployments"), ("apps", "replicasets"), ("apps", "statefulsets"), ("apps", "daemonsets"),
        ("batch", "jobs"), ("batch", "cronjobs"),
    ];

    private static readonly HashSet<(string Group, string Plural)> Configuration = [.. MeshKinds.All.Select(kind => (kind.Group, kind.Plural))];

    // Names of objects are DNS subdomains; percent signs, slashes, dots alone and everything else that could be read in two ways are none.
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._:");

    /// <summary>Reads what follows <c>/api/kubernetes/</c> in the request line, as it was sent; null for everything that is not allowed.</summary>
    public static PassedPath? Parse(ReadOnlySpan<char> raw)
    {
        string[] parts = raw.ToString().Split('/');
        if (!Array.TrueForAll(parts, IsName)) return null;
        return parts switch
        {
            ["api", "v1", .. var rest] => Of("", "v1", rest),
            ["apis", var group, var version, .. var rest] => Of(group, version, rest),
            _ => null,
        };
    }

    private static PassedPath? Of(string group, string version, string[] rest) => rest switch
    {
        [var plural] => Of(group, version, plural, null, null),
        ["namespaces", var name] when group.Length == 0 => Of(group, version, "namespaces", null, name),
        ["namespaces", var ns, var plural] => Of(group, version, plural, ns, null),
        ["namespaces", var ns, var plural, var name] => Of(group, version, plural, ns, name),
        [var plural, var name] => Of(group, version, plural, null, name),
        _ => null,
    };

    private static PassedPath? Of(string group, string version, string plural, string? ns, string? name)
    {
        bool writable = Configuration.Contains((group, plural));
        if (!writable && !Readable.Contains((group, plural))) return null;
        if (ResourceCatalog.ByPlural(group, plural) is { } kind && kind.Namespaced == (ns is null) && (ns is not null || name is not null)) return null;
        return new PassedPath(ResourcePath.Of(group, version, plural, ns, name), writable, name is not null);
    }

    private static bool IsName(string part) =>
        part.Length is > 0 and <= 253 && char.IsAsciiLetterOrDigit(part[0]) && !part.AsSpan().ContainsAnyExcept(NameCharacters);
}
