using Tulle.ControlPlane.Registry;

namespace Tulle.ControlPlane.Compilation;

/// <summary>Names of services, as people and rules write them.</summary>
internal static class HostNames
{
    /// <summary>The fully qualified name of a service.</summary>
    public static string Qualified(ObjectKey service, string clusterDomain) => $"{service.Name}.{service.Namespace}.svc.{clusterDomain}";

    /// <summary>
    /// The service a host may name: <c>svc</c> (in the namespace it is written in), <c>svc.ns</c>, <c>svc.ns.svc</c> or the
    /// fully qualified name. Null when it has none of these forms. Whether the service exists is not looked at.
    /// </summary>
    public static ObjectKey? Service(string host, string @namespace, string clusterDomain)
    {
        string suffix = $".svc.{clusterDomain}";
        string name = host.EndsWith(suffix, StringComparison.Ordinal) ? host[..^suffix.Length]
            : host.EndsWith(".svc", StringComparison.Ordinal) ? host[..^4]
            : host;
        bool qualified = name.Length < host.Length;
        int dot = name.IndexOf('.');
        if (dot < 0) return qualified || name.Length == 0 ? null : new ObjectKey(@namespace, name);
        string rest = name[(dot + 1)..];
        return rest.Contains('.') || rest.Length == 0 || dot == 0 ? null : new ObjectKey(rest, name[..dot]);
    }

    /// <summary>
    /// A host as a rule writes it, made absolute: a name without a dot is relative to the rule's namespace, any other is
    /// taken as it is (Istio's rule for hosts of VirtualServices and DestinationRules).
    /// </summary>
    public static string InRule(string host, string ruleNamespace, string clusterDomain) =>
        host.Length == 0 || host.Contains('.') || host.StartsWith('*')
            ? host.ToLowerInvariant()
            : Qualified(new ObjectKey(ruleNamespace, host.ToLowerInvariant()), clusterDomain);

    /// <summary>
    /// How specifically a pattern matches a host: -1 not at all, <see cref="int.MaxValue"/> exactly, else the length of the
    /// fixed part of a wildcard. <c>*.foo.com</c> matches <c>a.b.foo.com</c> but not <c>foo.com</c>.
    /// </summary>
    public static int Specificity(string pattern, string host)
    {
        if (!pattern.StartsWith('*')) return pattern == host ? int.MaxValue : -1;
        string suffix = pattern[1..];
        return host.Length > suffix.Length && host.EndsWith(suffix, StringComparison.Ordinal) ? suffix.Length : -1;
    }

    /// <summary>Whether an object may be used in a namespace. No list means everywhere.</summary>
    public static bool IsExported(IReadOnlyList<string> exportTo, string ownNamespace, string toNamespace)
    {
        if (exportTo.Count == 0) return true;
        foreach (string target in exportTo)
        {
            if (target == "*" || target == toNamespace || (target == "." && ownNamespace == toNamespace)) return true;
        }
        return false;
    }
}
