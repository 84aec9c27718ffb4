using System.Text.Json.Nodes;
using Tulle.Kubernetes;
using Tulle.Local.EndpointSlices;

namespace Tulle.Local.Tests.EndpointSlices;

public class SliceBuilderTests
{
    [Fact]
    public void Build_NamedTargetPortDiffersBetweenPods_MakesASliceForEachNumber()
    {
        JsonObject service = Parse("""{"metadata":{"name":"web","namespace":"default","uid":"u"},"spec":{"selector":{"app":"web"},"ports":[{"port":80,"targetPort":"http"}]}}""");

        IReadOnlyList<JsonObject> slices = SliceBuilder.Build(service, [Pod("a", "10.0.0.1", 8080), Pod("b", "10.0.0.2", 9090), Pod("c", "10.0.0.3", 8080)]);

        Assert.Equal(2, slices.Count);
        Assert.Equal([2, 1], slices.Select(slice => slice["endpoints"]!.AsArray().Count));
        Assert.Equal([8080, 9090], slices.Select(slice => slice["ports"]![0]!["port"]!.GetValue<int>()));
        Assert.Equal(["web-0", "web-1"], slices.Select(slice => slice.ObjectName()));
    }

    [Fact]
    public void Build_NoSelector_LeavesEndpointsToTheirAuthor() =>
        Assert.Empty(SliceBuilder.Build(Parse("""{"metadata":{"name":"web","namespace":"default"},"spec":{"ports":[{"port":80}]}}"""), [Pod("a", "10.0.0.1", 80)]));

    [Fact]
    public void Build_PodWithoutAddressOrFinished_IsNoEndpoint()
    {
        JsonObject service = Parse("""{"metadata":{"name":"web","namespace":"default"},"spec":{"selector":{"app":"web"},"ports":[{"port":80}]}}""");
        JsonObject pending = Pod("a", "", 80);
        JsonObject finished = Pod("b", "10.0.0.2", 80);
        finished["status"]!["phase"] = "Succeeded";

        Assert.Empty(SliceBuilder.Build(service, [pending, finished]));
    }

    [Fact]
    public void Build_PodThatIsBeingDeleted_IsTerminatingAndNotReady()
    {
        JsonObject service = Parse("""{"metadata":{"name":"web","namespace":"default"},"spec":{"selector":{"app":"web"},"ports":[{"port":80}]}}""");
        JsonObject pod = Pod("a", "10.0.0.1", 80);
        pod["metadata"]!["deletionTimestamp"] = "2026-01-01T00:00:00Z";

        JsonNode conditions = SliceBuilder.Build(service, [pod])[0]["endpoints"]![0]!["conditions"]!;

        Assert.Equal("""{"ready":false,"serving":false,"terminating":true}""", conditions.ToJsonString());
    }

    private static JsonObject Pod(string name, string address, int port) => Parse($$$"""
        {"metadata":{"name":"{{{name}}}","namespace":"default","uid":"{{{name}}}","labels":{"app":"web"}},
         "spec":{"containers":[{"name":"app","ports":[{"name":"http","containerPort":{{{port}}}}]}]},
         "status":{"phase":"Running","podIP":"{{{address}}}","conditions":[{"type":"Ready","status":"True"}]}}
        """);

    private static JsonObject Parse(string json) => JsonNode.Parse(json)!.AsObject();
}
