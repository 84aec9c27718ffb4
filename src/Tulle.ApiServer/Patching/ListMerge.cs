using System.Text.Json.Nodes;
using Tulle.ApiServer.Objects;

namespace Tulle.ApiServer.Patching;

/// <summary>Merging lists whose elements are told apart by a key.</summary>
internal static class ListMerge
{
    /// <param name="present">The list as it is.</param>
    /// <param name="patch">Elements to add, change or delete.</param>
    /// <param name="key">The field that tells elements apart; empty for lists of scalars, which merge as sets.</param>
    /// <param name="order">The order wanted, by key; null to append what is new.</param>
    /// <param name="merge">Merges an element with its change.</param>
    public static JsonArray Merge(JsonArray present, JsonArray patch, string key, JsonArray? order, Func<JsonObject, JsonObject, JsonObject> merge)
    {
        var merged = new List<JsonNode?>(present.Select(item => item?.DeepClone()));
        if (patch.Any(item => item is JsonObject o && o.Text("$patch") == "replace" && !o.ContainsKey(key))) merged.Clear();
        foreach (JsonNode? change in patch)
        {
            if (key.Length == 0 || change is not JsonObject element)
            {
                if (!merged.Any(item => JsonNode.DeepEquals(item, change))) merged.Add(change?.DeepClone());
                continue;
            }
            if (element.Text("$patch") == "replace" && !element.ContainsKey(key)) continue;
            if (element.Child(key) is not { } id) throw new PatchException($"an element of the patch has no {key}, by which the list merges");
            int at = merged.FindIndex(item => JsonNode.DeepEquals(item.Child(key), id));
            if (element.Text("$patch") == "delete")
            {
                // Everything with this key: a list that was never merged may hold it twice.
                merged.RemoveAll(item => JsonNode.DeepEquals(item.Child(key), id));
            }
            else if (at < 0) merged.Add(merge([], element));
            else merged[at] = merge((JsonObject)merged[at]!.DeepClone(), element);
        }
        var list = new JsonArray([.. merged]);
        return order is null ? list : Order(list, order, present, key);
    }

    /// <summary>
    /// The elements in the order asked for. Those that the order does not name (which others added) keep their place behind
    /// the element they followed.
    /// </summary>
    public static JsonArray Order(JsonArray list, JsonArray order, JsonArray present, string? key)
    {
        string Id(JsonNode? item) => (string.IsNullOrEmpty(key) ? item : item is JsonObject ? item.Child(key) : item).Display();
        string[] wanted = [.. order.Select(Id)];
        List<JsonNode?> rest = [.. list.Select(item => item?.DeepClone())];
        var result = new List<JsonNode?>();
        foreach (string id in wanted)
        {
            int at = rest.FindIndex(item => Id(item) == id);
            if (at < 0) continue;
            result.Add(rest[at]);
            rest.RemoveAt(at);
        }
        List<string> before = [.. present.Select(Id)];
        foreach (JsonNode? item in rest)
        {
            int position = before.IndexOf(Id(item));
            int after = -1;
            for (int i = position - 1; i >= 0 && after < 0; i--)
            {
                string left = before[i];
                after = result.FindIndex(candidate => Id(candidate) == left);
            }
            result.Insert(position < 0 ? result.Count : after + 1, item);
        }
        return new JsonArray([.. result]);
    }
}
