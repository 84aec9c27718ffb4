using System.Text.Json.Nodes;

namespace Tulle.Cli.Commands.Apply;

/// <summary>The JSON merge patch (RFC 7396) that brings a live object to what a file says.</summary>
internal static class ThreeWayMerge
{
    /// <param name="earlier">What was applied last time; empty when unknown.</param>
    /// <param name="desired">What the file says now.</param>
    /// <param name="live">What the server has.</param>
    /// <returns>Empty when nothing has to change.</returns>
    public static JsonObject Patch(JsonObject earlier, JsonObject desired, JsonObject live)
    {
        JsonObject patch = [];
        foreach ((string key, JsonNode? wanted) in desired)
        {
            JsonNode? has = live[key];
            if (wanted is JsonObject wantedObject && has is JsonObject hasObject)
            {
                JsonObject inner = Patch(earlier[key] as JsonObject ?? [], wantedObject, hasObject);
                if (inner.Count > 0)
                {
                    patch[key] = inner;
                }
            }
            else if (wanted is null ? has is not null : !JsonNode.DeepEquals(wanted, has))
            {
                patch[key] = wanted?.DeepClone();
            }
        }
        foreach ((string key, _) in earlier)
        {
            // A null in a merge patch removes the field; only what this tool itself set is its to remove.
            if (!desired.ContainsKey(key) && live.ContainsKey(key))
            {
                patch[key] = null;
            }
        }
        return patch;
    }
}
