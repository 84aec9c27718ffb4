namespace Tulle.Model.Validation;

/// <summary>Names of services as configuration writes them (istio.md §1.2).</summary>
public static class Hosts
{
    /// <summary>
    /// The service that a host names, seen from a namespace: <c>users</c>, <c>users.shop.svc.cluster.local</c> and the forms
    /// between, <c>users.shop</c> and <c>users.shop.svc</c>; null for a name outside the cluster's domain and for wildcards.
    /// </summary>
    public static (string Namespace, string Name)? Service(string host, string fromNamespace, string clusterDomain = "cluster.local")
    {
        string[] labels = host.TrimEnd('.').Split('.');
        if (labels.Any(label => label.Length == 0 || label.Contains('*')))
            return null;
        if (labels.Length > 3 && string.Join('.', labels[3..]) != clusterDomain)
            return null;
        return labels switch
        {
            [string name] => (fromNamespace, name),
            [string name, string space] => (space, name),
            [string name, string space, "svc", ..] => (space, name),
            _ => null,
        };
    }

    /// <summary>Whether a host is covered by a pattern: equal, or <c>*.foo.com</c> for what ends in <c>.foo.com</c>, or <c>*</c>. Case does not count.</summary>
    public static bool Covers(string pattern, string host) =>
        pattern == "*" || (pattern.StartsWith('*')
            ? host.Length >= pattern.Length && host.EndsWith(pattern[1..], StringComparison.OrdinalIgnoreCase)
            : string.Equals(pattern, host, StringComparison.OrdinalIgnoreCase));
}
