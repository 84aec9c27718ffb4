using System.Text.Json.Nodes;
using CsCheck;
using Tulle.ApiServer.Patching;
using Tulle.Model.Schemas;

namespace Tulle.ApiServer.Tests.Patching;

public sealed class StrategicMergeTests
{
    private static readonly Schema Deployment = ResourceCatalog.ByKind("apps", "Deployment")!.Schema;

    private static readonly Gen<string> Name = Gen.Int[0, 3].Select(i => "abcd"[i].ToString());

    /// <summary>Containers of distinct names, each with an image.</summary>
    private static readonly Gen<JsonArray> Containers = Gen.Select(Name, Gen.Bool.Select(two => two ? "two" : "one"))
        .List[0, 4].Select(items => new JsonArray([.. items.DistinctBy(item => item.Item1)
            .Select(item => (JsonNode)new JsonObject { ["name"] = item.Item1, ["image"] = item.Item2 })]));

    [Fact]
    public void Apply_SamePatchTwice_ChangesNothingMore() => Gen.Select(Containers, Containers).Sample((present, patch) =>
    {
        JsonObject once = Merge(present, patch);
        JsonObject twice = StrategicMerge.Apply((JsonObject)once.DeepClone(), Wrap(patch), Deployment);
        Assert.True(JsonNode.DeepEquals(once, twice));
    });

    [Fact]
    public void Apply_Patch_KeepsOthersAndTakesItsOwn() => Gen.Select(Containers, Containers).Sample((present, patch) =>
    {
        Dictionary<string, string> merged = Images(Merge(present, patch));
        Dictionary<string, string> before = Images(Wrap(present)), wanted = Images(Wrap(patch));
        Assert.Equal(before.Keys.Union(wanted.Keys).Order(), merged.Keys.Order());
        foreach ((string name, string image) in merged) Assert.Equal(wanted.GetValueOrDefault(name) ?? before[name], image);
    });

    [Fact]
    public void Apply_EmptyPatch_IsIdentity() => Containers.Sample(present =>
        Assert.True(JsonNode.DeepEquals(Wrap(present), StrategicMerge.Apply(Wrap(present), [], Deployment))));

    [Fact]
    public void Apply_SetElementOrder_OrdersWhatItNames() => Gen.Select(Containers, Gen.Shuffle(new[] { "a", "b", "c", "d" })).Sample((present, order) =>
    {
        JsonObject patch = Wrap([]);
        JsonObject spec = (JsonObject)patch["spec"]!["template"]!["spec"]!;
        spec.Remove("containers");
        spec["$setElementOrder/containers"] = new JsonArray([.. order.Select(name => (JsonNode)new JsonObject { ["name"] = name })]);
        JsonObject merged = StrategicMerge.Apply(Wrap(present), patch, Deployment);
        Assert.Equal(order.Where(name => Images(Wrap(present)).ContainsKey(name)), Images(merged).Keys);
    });

    private static JsonObject Merge(JsonArray present, JsonArray patch) => StrategicMerge.Apply(Wrap(present), Wrap(patch), Deployment);

    private static JsonObject Wrap(JsonArray containers) => new()
    {
        ["spec"] = new JsonObject { ["template"] = new JsonObject { ["spec"] = new JsonObject { ["containers"] = containers.DeepClone() } } },
    };

    private static Dictionary<string, string> Images(JsonObject deployment) =>
        deployment["spec"]!["template"]!["spec"]!["containers"]!.AsArray()
            .ToDictionary(c => c!["name"]!.GetValue<string>(), c => c!["image"]!.GetValue<string>());
}
