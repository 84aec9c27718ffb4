using System.Text.Json.Nodes;
using CsCheck;
using Tulle.Cli.Output;
using Tulle.Model.Documents;

namespace Tulle.Cli.Tests.Output;

public sealed class YamlTextTests
{
    private static readonly Gen<JsonNode?> Scalar = Gen.OneOf(
        Gen.Bool.Select(_ => (JsonNode?)null),
        Gen.Bool.Select(b => (JsonNode?)JsonValue.Create(b)),
        Gen.Int.Select(i => (JsonNode?)JsonValue.Create((long)i)),
        Gen.String[Gen.Char[" abz019-:#'\"{}[]&*!|>%@`,?\n\\~=yn.eE+_/"], 0, 12].Select(s => (JsonNode?)JsonValue.Create(s)),
        Among("true", "no", "0x1f", "1e3", "2024-01-01", "12:30", "null", "~", "", " ", "a: b", "a #b", "- x", "on", ".5", "é", "\t").Select(s => (JsonNode?)JsonValue.Create(s)));

    private static Gen<string> Among(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static Gen<JsonNode?> Tree(int depth) => depth == 0
        ? Scalar
        : Gen.OneOf(
            Scalar,
            Tree(depth - 1).Array[0, 3].Select(items => (JsonNode?)new JsonArray(items)),
            Gen.Select(Among("a", "b c", "true", "1", "x/y", "", "k:").Array[0, 3], Tree(depth - 1).Array[3], (keys, values) =>
                (JsonNode?)new JsonObject(keys.Distinct().Select((key, i) => KeyValuePair.Create(key, values[i]?.DeepClone())))));

    [Fact]
    public void Write_AnyTree_ReadsBackAsItself() => Tree(3).Sample(tree =>
    {
        JsonObject root = new() { ["root"] = tree?.DeepClone(), ["end"] = "e" };
        using StringWriter text = new();
        YamlText.Write(text, root);
        ReadResult read = DocumentReader.ReadYaml(text.ToString(), "test.yaml");
        Assert.Empty(read.Findings);
        JsonNode? back = JsonNodes.ToJson(Assert.Single(read.Documents));
        Assert.True(JsonNode.DeepEquals(root, back), $"{text}\n{root.ToJsonString()}\n{back?.ToJsonString()}");
    });

    [Fact]
    public void Write_Object_LooksLikeKubectl()
    {
        using StringWriter text = new();
        YamlText.Write(text, JsonNode.Parse("""{"kind":"Service","spec":{"ports":[{"port":80,"name":"http"}],"selector":{"app":"web"},"none":[],"text":"a\nb\n"}}""")!);
        Assert.Equal("""
            kind: Service
            spec:
              ports:
              - port: 80
                name: http
              selector:
                app: web
              none: []
              text: |
                a
                b

            """, text.ToString());
    }
}
