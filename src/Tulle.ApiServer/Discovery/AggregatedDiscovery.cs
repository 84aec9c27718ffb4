using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tulle.ApiServer.Resources;

namespace Tulle.ApiServer.Discovery;

/// <summary>Discovery of everything in two answers instead of one for each group and version, as clients since 1.26 ask for it.</summary>
internal static class AggregatedDiscovery
{
    /// <summary>The version of the answer (<c>v2</c> or <c>v2beta1</c>) that the request accepts; null when it wants the old form.</summary>
    public static string? IsAccepted(HttpRequest request)
    {
        foreach (string range in request.Headers.Accept.ToString().Split(','))
        {
            string[] parameters = range.Split(';', StringSplitOptions.TrimEntries);
            if (parameters[0] != "application/json") continue;
            if (!parameters.Contains("g=apidiscovery.k8s.io")) return null;
            if (parameters.Contains("v=v2")) return "v2";
            if (parameters.Contains("v=v2beta1")) return "v2beta1";
        }
        return null;
    }

    public static string ContentType(string version) => $"application/json;g=apidiscovery.k8s.io;v={version};as=APIGroupDiscoveryList";

    public static JsonObject Of(ResourceRegistry registry, bool core, string version)
    {
        var items = new JsonArray();
        foreach (IGrouping<string, ServedResource> group in registry.All.Where(r => r.Kind.Group.Length == 0 == core).GroupBy(r => r.Kind.Group))
        {
            var versions = new JsonArray([.. GroupVersions.Merge(group).Select(v => (JsonNode)VersionOf(group.Key, v, group.Where(r => r.Serves(v))))]);
            var metadata = new JsonObject { ["creationTimestamp"] = null };
            if (!core) metadata["name"] = group.Key;
            items.Add((JsonNode)new JsonObject { ["metadata"] = metadata, ["versions"] = versions });
        }
        return new JsonObject
        {
            ["kind"] = "APIGroupDiscoveryList",
            ["apiVersion"] = $"apidiscovery.k8s.io/{version}",
            ["metadata"] = new JsonObject(),
            ["items"] = items,
        };
    }

    private static JsonObject VersionOf(string group, string version, IEnumerable<ServedResource> resources) => new()
    {
        ["version"] = version,
        ["resources"] = new JsonArray([.. resources.Select(resource => (JsonNode)ResourceOf(group, version, resource))]),
        ["freshness"] = "Current",
    };

    private static JsonObject ResourceOf(string group, string version, ServedResource resource)
    {
        var described = new JsonObject
        {
            ["resource"] = resource.Kind.Plural,
            ["responseKind"] = KindOf(group, version, resource.Kind.Kind),
            ["scope"] = resource.Kind.Namespaced ? "Namespaced" : "Cluster",
            ["singularResource"] = resource.Singular,
            ["verbs"] = Texts(resource.Verbs),
        };
        if (resource.Kind.ShortNames.Count > 0) described["shortNames"] = Texts(resource.Kind.ShortNames);
        if (resource.Kind.Categories.Count > 0) described["categories"] = Texts(resource.Kind.Categories);
        var subresources = new JsonArray();
        if (resource.Kind.HasStatus && resource.Stored)
            subresources.Add((JsonNode)SubOf("status", KindOf(group, version, resource.Kind.Kind), ["get", "patch", "update"]));
        foreach (Subresource sub in resource.Subresources)
            subresources.Add((JsonNode)SubOf(sub.Name, KindOf(sub.Group, sub.Version, sub.Kind), sub.Verbs));
        if (subresources.Count > 0) described["subresources"] = subresources;
        return described;
    }

    private static JsonObject SubOf(string name, JsonObject kind, IReadOnlyList<string> verbs) =>
        new() { ["subresource"] = name, ["responseKind"] = kind, ["verbs"] = Texts(verbs) };

    private static JsonObject KindOf(string group, string version, string kind) =>
        new() { ["group"] = group, ["version"] = version, ["kind"] = kind };

    private static JsonArray Texts(IEnumerable<string> values) => new([.. values.Select(value => (JsonNode)value)]);
}
