using System.Globalization;
using CsCheck;
using Tulle.Model.Documents;

namespace Tulle.Model.Tests.Documents;

/// <summary>Random node trees.</summary>
internal static class NodeGenerators
{
    private static readonly Gen<string> s_text = Gen.OneOf(
        Constants("", " ", "yes", "no", "null", "~", "0x10", "0644", "1e3", ".5", "-", "- a", "a: b", "#c", "'", "\"", "\\", "\n", "a\nb\n", "\t", "é", "日本", "<<", "*a", "&a", "!t", "@", "%", "{", "["),
        Gen.String[Gen.Char['a', 'z'], 0, 8],
        Gen.String[Gen.Char[' ', '~'], 0, 12]);

    private static readonly Gen<Node> s_scalar = Gen.OneOf<Node>(
        s_text.Select(text => (Node)ScalarNode.String(text)),
        Gen.Long.Select(value => (Node)new ScalarNode(SourceLocation.None, value.ToString(CultureInfo.InvariantCulture), ScalarKind.Integer)),
        Gen.Double[-1e9, 1e9].Select(value => (Node)new ScalarNode(SourceLocation.None, value.ToString("R", CultureInfo.InvariantCulture), ScalarKind.Float)),
        Gen.Bool.Select(value => (Node)new ScalarNode(SourceLocation.None, value ? "true" : "false", ScalarKind.Boolean)),
        Gen.Const((Node)new ScalarNode(SourceLocation.None, "null", ScalarKind.Null)));

    public static readonly Gen<MappingNode> Mapping = MappingOf(Value(3));

    private static Gen<Node> Value(int depth) => depth == 0
        ? s_scalar
        : Gen.OneOf(s_scalar, MappingOf(Value(depth - 1)).Select(mapping => (Node)mapping),
            Value(depth - 1).Array[0, 4].Select(items => (Node)new SequenceNode(SourceLocation.None, items)));

    private static Gen<MappingNode> MappingOf(Gen<Node> values) =>
        Gen.Select(s_text, values).Array[0, 5].Select(pairs => new MappingNode(SourceLocation.None,
            pairs.DistinctBy(pair => pair.Item1).Select(pair => new MappingEntry(pair.Item1, SourceLocation.None, pair.Item2))));

    private static Gen<string> Constants(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
