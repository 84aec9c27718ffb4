using System.Collections.Frozen;
using Tulle.Model.Documents;
using Tulle.Model.Validation;

namespace Tulle.Model.Resources;

/// <summary>
/// Reads fields of objects that passed validation. What is absent, null or of another type reads as empty, so that an
/// object that was admitted by a laxer server can never take the reader down.
/// </summary>
internal static class NodeReading
{
    public static Node? Get(this Node? node, string key) => (node as MappingNode)?[key];

    public static string? GetText(this Node? node, string key) => node.Get(key) is ScalarNode { Kind: not ScalarKind.Null } scalar ? scalar.Text : null;

    public static long? GetInteger(this Node? node, string key) => node.Get(key) is ScalarNode scalar && scalar.TryGetInteger(out long value) ? value : null;

    public static int? GetInt(this Node? node, string key) => node.GetInteger(key) is { } value and >= int.MinValue and <= int.MaxValue ? (int)value : null;

    public static double? GetNumber(this Node? node, string key) => node.Get(key) is ScalarNode scalar && scalar.TryGetNumber(out double value) ? value : null;

    public static TimeSpan? GetDuration(this Node? node, string key) =>
        node.GetText(key) is { } text && Durations.TryParse(text, out TimeSpan value) ? value : null;

    public static bool? GetFlag(this Node? node, string key) => node.Get(key) is ScalarNode scalar && scalar.TryGetBoolean(out bool value) ? value : null;

    public static IReadOnlyList<string> GetTexts(this Node? node, string key) =>
        node.Get(key) is SequenceNode sequence ? [.. sequence.Items.OfType<ScalarNode>().Select(scalar => scalar.Text)] : [];

    public static IReadOnlyList<T> GetList<T>(this Node? node, string key, Func<MappingNode, T> decode) =>
        node.Get(key) is SequenceNode sequence ? [.. sequence.Items.OfType<MappingNode>().Select(decode)] : [];

    public static IReadOnlyDictionary<string, T> GetMap<T>(this Node? node, string key, Func<Node, T> decode) =>
        node.Get(key) is MappingNode { Entries.Count: > 0 } mapping
            ? mapping.Entries.ToDictionary(entry => entry.Key, entry => decode(entry.Value), StringComparer.Ordinal)
            : FrozenDictionary<string, T>.Empty;

    public static IReadOnlyDictionary<string, string> GetTextMap(this Node? node, string key) =>
        node.GetMap(key, value => (value as ScalarNode)?.Text ?? "");
}
