using Tulle.Kubernetes;

namespace Tulle.Local.Mirroring;

/// <summary>Where the kinds that mirror processes stand in the API.</summary>
internal static class KnownPaths
{
    public static ResourcePath Namespaces(string? name = null) => ResourcePath.Of("", "v1", "namespaces", null, name);

    public static ResourcePath Pods(string? @namespace = null, string? name = null) => ResourcePath.Of("", "v1", "pods", @namespace, name);

    public static ResourcePath Services(string? @namespace = null, string? name = null) => ResourcePath.Of("", "v1", "services", @namespace, name);

    public static ResourcePath ServiceAccounts(string? @namespace = null, string? name = null) => ResourcePath.Of("", "v1", "serviceaccounts", @namespace, name);

    public static ResourcePath ConfigMaps(string? @namespace = null, string? name = null) => ResourcePath.Of("", "v1", "configmaps", @namespace, name);


    public static ResourcePath Deployments(string? @namespace = null, string? name = null) => ResourcePath.Of("apps", "v1", "deployments", @namespace, name);

    public static ResourcePath EndpointSlices(string? @namespace = null, string? name = null) =>
        ResourcePath.Of("discovery.k8s.io", "v1", "endpointslices", @namespace, name);
}
