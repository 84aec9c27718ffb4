using System.Text.Json.Nodes;

namespace Tulle.ApiServer.Patching;

/// <summary>JSON merge patch, RFC 7396.</summary>
internal static class MergePatch
{
    /// <param name="target">Changed in place.</param>
    /// <param name="patch">Nulls remove, objects merge, everything else replaces.</param>
    public static JsonObject Apply(JsonObject target, JsonObject patch)
    {
        foreach ((string name, JsonNode? value) in patch)
        {
            if (value is null) target.Remove(name);
            else if (value is JsonObject inner) target[name] = Apply(Detach(target, name), inner);
            else target[name] = value.DeepClone();
        }
        return target;
    }

    // RFC 7396 section 2: a target that is no object is replaced by an empty one.
    private static JsonObject Detach(JsonObject parent, string name)
    {
        if (!parent.TryGetPropertyValue(name, out JsonNode? node) || node is not JsonObject child) return [];
        parent[name] = null;
        return child;
    }
}
