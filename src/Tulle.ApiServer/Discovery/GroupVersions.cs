using Tulle.ApiServer.Resources;

namespace Tulle.ApiServer.Discovery;

/// <summary>The versions of a group, of which each kind may be served in some.</summary>
internal static class GroupVersions
{
    /// <summary>Every version of any kind of the group, in Kubernetes' order of preference.</summary>
    public static IReadOnlyList<string> Merge(IEnumerable<ServedResource> resources) =>
        [.. resources.SelectMany(resource => resource.Kind.Versions).Distinct().OrderByDescending(version => version, Preference)];

    /// <summary>Stable before beta before alpha, and higher numbers first: v2, v1, v1beta2, v1alpha3.</summary>
    private static readonly Comparer<string> Preference = Comparer<string>.Create((x, y) =>
    {
        int order = Rank(x).CompareTo(Rank(y));
        return order != 0 ? order : string.CompareOrdinal(x, y);
    });

    private static (int Stability, int Major, int Minor) Rank(string version)
    {
        int at = version.IndexOfAny(['a', 'b']);
        string major = at < 0 ? version[1..] : version[1..at];
        if (version.Length < 2 || version[0] != 'v' || !int.TryParse(major, out int number)) return (0, 0, 0);
        if (at < 0) return (3, number, 0);
        bool beta = version[at] == 'b';
        _ = int.TryParse(version[at..].AsSpan().TrimStart("abcdefghijklmnopqrstuvwxyz"), out int minor);
        return (beta ? 2 : 1, number, minor);
    }
}
