using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tulle.ApiServer.Errors;
using Tulle.ApiServer.Http;
using Tulle.ApiServer.Resources;
using Tulle.Model.Schemas;

namespace Tulle.ApiServer.Discovery;

/// <summary>Which groups, versions and resources there are: <c>/api</c>, <c>/apis</c> and below.</summary>
internal sealed class DiscoveryHandler(ResourceRegistry registry)
{
    // The API level that the kinds here are of; clients only warn when theirs is far from it.
    private const string KubernetesMinor = "32";

    // As SemVer build metadata: kubectl compares the part before it, `tulle version` reads the part after.
    private static readonly string OwnVersion = typeof(DiscoveryHandler).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    public static JsonObject Version() => new()
    {
        ["major"] = "1",
        ["minor"] = KubernetesMinor,
        ["gitVersion"] = $"v1.{KubernetesMinor}.0+tulle-{OwnVersion}",
        ["gitCommit"] = "",
        ["gitTreeState"] = "clean",
        ["buildDate"] = "1970-01-01T00:00:00Z",
        ["goVersion"] = "none",
        ["compiler"] = "dotnet",
        ["platform"] = "linux/amd64",
    };

    public Task AnswerAsync(HttpContext http, string[] parts)
    {
        if (http.Request.Method is not ("GET" or "HEAD")) throw ApiErrors.MethodNotAllowed();
        if (parts is ["api"] or ["apis"] && AggregatedDiscovery.IsAccepted(http.Request) is { } type)
            return http.WriteBytesAsync(Objects.Json.ToBytes(AggregatedDiscovery.Of(registry, core: parts[0] == "api", type)), AggregatedDiscovery.ContentType(type));
        return http.WriteJsonAsync(parts switch
        {
            [] => Paths(),
            ["api"] => Core(),
            ["apis"] => GroupList(),
            ["api", "v1"] => ResourceList("", "v1"),
            ["apis", var group] => Group(group),
            ["apis", var group, var version] => ResourceList(group, version),
            _ => throw ApiErrors.UnknownPath(),
        });
    }

    private JsonObject Paths()
    {
        IEnumerable<string> groups = Groups().SelectMany(g => new[] { $"/apis/{g.Group}" }.Concat(g.Versions.Select(v => $"/apis/{g.Group}/{v}")));
        return new JsonObject
        {
            ["paths"] = new JsonArray([.. new[] { "/api", "/api/v1", "/apis" }.Concat(groups)
                .Concat(["/healthz", "/livez", "/openapi/v2", "/openapi/v3", "/readyz", "/version"]).Select(path => (JsonNode)path)]),
        };
    }

    private static JsonObject Core() => new()
    {
        ["kind"] = "APIVersions",
        ["versions"] = new JsonArray("v1"),
        ["serverAddressByClientCIDRs"] = new JsonArray(),
    };

    private JsonObject GroupList() => new()
    {
        ["kind"] = "APIGroupList",
        ["apiVersion"] = "v1",
        ["groups"] = new JsonArray([.. Groups().Select(group => (JsonNode)GroupOf(group.Group, group.Versions))]),
    };

    private JsonObject Group(string name)
    {
        (string Group, IReadOnlyList<string> Versions) found = Groups().FirstOrDefault(group => group.Group == name);
        if (found.Versions is null) throw ApiErrors.UnknownPath();
        JsonObject group = GroupOf(found.Group, found.Versions);
        group.Insert(0, "apiVersion", "v1");
        group.Insert(0, "kind", "APIGroup");
        return group;
    }

    private static JsonObject GroupOf(string group, IReadOnlyList<string> versions)
    {
        JsonObject VersionOf(string version) => new() { ["groupVersion"] = $"{group}/{version}", ["version"] = version };
        return new JsonObject
        {
            ["name"] = group,
            ["versions"] = new JsonArray([.. versions.Select(version => (JsonNode)VersionOf(version))]),
            ["preferredVersion"] = VersionOf(versions[0]),
        };
    }

    /// <summary>The named groups, each with the versions that any of its kinds is served in, preferred first.</summary>
    private IEnumerable<(string Group, IReadOnlyList<string> Versions)> Groups() => registry.All
        .Where(resource => resource.Kind.Group.Length > 0)
        .GroupBy(resource => resource.Kind.Group)
        .Select(group => (group.Key, GroupVersions.Merge(group)));

    private JsonObject ResourceList(string group, string version)
    {
        ServedResource[] served = [.. registry.All.Where(resource => resource.Kind.Group == group && resource.Serves(version))];
        if (served.Length == 0) throw ApiErrors.UnknownPath();
        var resources = new JsonArray();
        foreach (ServedResource resource in served)
        {
            resources.Add((JsonNode)Describe(resource));
            if (resource.Kind.HasStatus && resource.Stored)
                resources.Add((JsonNode)DescribeSub(resource, new Subresource("status", "", "", resource.Kind.Kind, ["get", "patch", "update"])));
            foreach (Subresource sub in resource.Subresources) resources.Add((JsonNode)DescribeSub(resource, sub));
        }
        return new JsonObject
        {
            ["kind"] = "APIResourceList",
            ["apiVersion"] = "v1",
            ["groupVersion"] = group.Length == 0 ? version : $"{group}/{version}",
            ["resources"] = resources,
        };
    }

    private static JsonObject Describe(ServedResource resource)
    {
        ResourceKind kind = resource.Kind;
        var described = new JsonObject
        {
            ["name"] = kind.Plural,
            ["singularName"] = resource.Singular,
            ["namespaced"] = kind.Namespaced,
            ["kind"] = kind.Kind,
            ["verbs"] = Texts(resource.Verbs),
        };
        if (kind.ShortNames.Count > 0) described["shortNames"] = Texts(kind.ShortNames);
        if (kind.Categories.Count > 0) described["categories"] = Texts(kind.Categories);
        return described;
    }

    private static JsonObject DescribeSub(ServedResource resource, Subresource sub)
    {
        var described = new JsonObject
        {
            ["name"] = $"{resource.Kind.Plural}/{sub.Name}",
            ["singularName"] = "",
            ["namespaced"] = resource.Kind.Namespaced,
            ["kind"] = sub.Kind,
            ["verbs"] = Texts(sub.Verbs),
        };
        if (sub.Version.Length > 0 && sub.Kind != resource.Kind.Kind)
        {
            described["group"] = sub.Group;
            described["version"] = sub.Version;
        }
        return described;
    }

    private static JsonArray Texts(IEnumerable<string> values) => new([.. values.Select(value => (JsonNode)value)]);
}
