using System.Globalization;
using System.Text.Json.Nodes;
using Tulle.ApiServer.Objects;

namespace Tulle.ApiServer.Patching;

/// <summary>JSON patch, RFC 6902.</summary>
internal static class JsonPatch
{
    // A bound as kube-apiserver has it, so that a small body cannot cost unbounded work.
    private const int MaxOperations = 10_000;

    /// <exception cref="PatchException">An operation is malformed, or its path or test does not hold.</exception>
    public static JsonObject Apply(JsonObject target, JsonArray operations)
    {
        if (operations.Count > MaxOperations) throw new PatchException($"the patch has {operations.Count} operations, more than {MaxOperations}");
        JsonNode? root = target;
        for (int i = 0; i < operations.Count; i++)
        {
            if (operations[i] is not JsonObject operation) throw new PatchException($"operation {i} is not an object");
            root = ApplyOne(root, operation, i);
        }
        return root as JsonObject ?? throw new PatchException("the patch leaves no object");
    }

    private static JsonNode? ApplyOne(JsonNode? root, JsonObject operation, int index)
    {
        string op = operation.Text("op") ?? throw new PatchException($"operation {index} has no \"op\"");
        string[] path = Pointer(operation.Text("path") ?? throw new PatchException($"operation {index} has no \"path\""), index);
        switch (op)
        {
            case "add":
                return Put(root, path, Value(operation, index), insert: true);
            case "replace":
                Get(root, path);
                return Put(root, path, Value(operation, index), insert: false);
            case "remove":
                return Remove(root, path);
            case "test":
                if (!JsonNode.DeepEquals(Get(root, path), Value(operation, index)))
                    throw new PatchException($"testing value {operation.Text("path")} failed");
                return root;
            case "copy":
                return Put(root, path, Get(root, From(operation, index))?.DeepClone(), insert: true);
            case "move":
                string[] from = From(operation, index);
                if (path.Length > from.Length && path.AsSpan(0, from.Length).SequenceEqual(from))
                    throw new PatchException("a value cannot be moved into itself");
                JsonNode? moved = Get(root, from)?.DeepClone();
                return Put(Remove(root, from), path, moved, insert: true);
            default:
                throw new PatchException($"operation {index}: \"{op}\" is not add, remove, replace, move, copy or test");
        }
    }

    private static string[] From(JsonObject operation, int index) =>
        Pointer(operation.Text("from") ?? throw new PatchException($"operation {index} has no \"from\""), index);

    private static JsonNode? Value(JsonObject operation, int index) =>
        operation.TryGetPropertyValue("value", out JsonNode? value) ? value?.DeepClone() : throw new PatchException($"operation {index} has no \"value\"");

    // RFC 6901 section 4: "~1" is "/" and "~0" is "~", in this order.
    private static string[] Pointer(string text, int index)
    {
        if (text.Length == 0) return [];
        if (text[0] != '/') throw new PatchException($"operation {index}: the path \"{text}\" does not begin with a slash");
        return [.. text[1..].Split('/').Select(part => part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))];
    }

    private static JsonNode? Get(JsonNode? root, ReadOnlySpan<string> path)
    {
        foreach (string part in path)
        {
            root = root switch
            {
                JsonObject value when value.TryGetPropertyValue(part, out JsonNode? child) => child,
                JsonArray list => list[Index(list, part, last: list.Count - 1)],
                _ => throw Missing(part),
            };
        }
        return root;
    }

    private static JsonNode? Put(JsonNode? root, string[] path, JsonNode? value, bool insert)
    {
        if (path.Length == 0) return value;
        string last = path[^1];
        switch (Get(root, path.AsSpan(0, path.Length - 1)))
        {
            case JsonObject parent:
                parent[last] = value;
                return root;
            case JsonArray list when !insert:
                list[Index(list, last, list.Count - 1)] = value;
                return root;
            case JsonArray list:
                list.Insert(last == "-" ? list.Count : Index(list, last, list.Count), value);
                return root;
            default:
                throw Missing(last);
        }
    }

    private static JsonNode? Remove(JsonNode? root, string[] path)
    {
        if (path.Length == 0) return null;
        string last = path[^1];
        switch (Get(root, path.AsSpan(0, path.Length - 1)))
        {
            case JsonObject parent when parent.Remove(last):
                return root;
            case JsonArray list:
                list.RemoveAt(Index(list, last, list.Count - 1));
                return root;
            default:
                throw Missing(last);
        }
    }

    private static int Index(JsonArray list, string part, int last) =>
        int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index <= last && (part.Length == 1 || part[0] != '0')
            ? index
            : throw new PatchException($"the index \"{part}\" is not in the list of {list.Count}");

    private static PatchException Missing(string part) => new($"the path has no \"{part}\"");
}
