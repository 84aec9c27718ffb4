using System.Text;
using System.Text.Json.Nodes;
using Tulle.ApiServer.Patching;
using Tulle.ApiServer.Resources;
using Tulle.Model.Documents;
using Tulle.Model.Schemas;

namespace Tulle.ApiServer.Tests.Patching;

/// <summary>
/// Each folder of Golden/Patching is a case: <c>original.yaml</c>, <c>patch.yaml</c> and <c>expected.yaml</c> (or <c>error.txt</c>, a part of the
/// message). The folder's name begins with the kind of patch: json, merge or strategic.
/// </summary>
public sealed class PatchGoldenTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Golden", "Patching");

    public static TheoryData<string> Cases => [.. Directory.GetDirectories(Folder).Select(folder => Path.GetFileName(folder)).Order()];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Patch_Case_GivesExpected(string name)
    {
        JsonObject original = (JsonObject)Read(name, "original.yaml")!;
        JsonNode patch = Read(name, "patch.yaml")!;
        if (File.Exists(Path.Combine(Folder, name, "error.txt")))
        {
            string part = File.ReadAllText(Path.Combine(Folder, name, "error.txt")).Trim();
            Assert.Contains(part, Assert.Throws<PatchException>(() => Apply(name, original, patch)).Message, StringComparison.Ordinal);
            return;
        }
        JsonObject result = Apply(name, original, patch);
        JsonNode expected = Read(name, "expected.yaml")!;
        Assert.True(JsonNode.DeepEquals(expected, result), $"expected {expected.ToJsonString()}\nbut got  {result.ToJsonString()}");
    }

    private static JsonObject Apply(string name, JsonObject original, JsonNode patch) => name.Split('-')[0] switch
    {
        "json" => JsonPatch.Apply(original, (JsonArray)patch),
        "merge" => MergePatch.Apply(original, (JsonObject)patch),
        _ => StrategicMerge.Apply(original, (JsonObject)patch, SchemaOf(original)),
    };

    private static Schema SchemaOf(JsonObject value)
    {
        (string group, _) = ResourceCatalog.SplitApiVersion(value["apiVersion"]!.GetValue<string>());
        return BuiltInResources.From(ResourceCatalog.ByKind(group, value["kind"]!.GetValue<string>())!).Kind.Schema;
    }

    private static JsonNode? Read(string name, string file)
    {
        ReadResult read = DocumentReader.ReadYaml(File.ReadAllText(Path.Combine(Folder, name, file), Encoding.UTF8));
        return JsonNodes.ToJson(read.Documents.Single());
    }
}
