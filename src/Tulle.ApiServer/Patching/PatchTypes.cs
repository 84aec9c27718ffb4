using System.Text.Json;
using System.Text.Json.Nodes;
using Tulle.ApiServer.Errors;
using Tulle.ApiServer.Http;
using Tulle.ApiServer.Resources;

namespace Tulle.ApiServer.Patching;

/// <summary>The media types of patches.</summary>
internal static class PatchTypes
{
    public const string Json = "application/json-patch+json";
    public const string Merge = "application/merge-patch+json";
    public const string Strategic = "application/strategic-merge-patch+json";
    public const string Apply = "application/apply-patch+yaml";

    public static readonly string[] All = [Json, Merge, Strategic, Apply];

    /// <summary>The patch in a body, as a function from the present object to the wanted one.</summary>
    public static Func<JsonObject, JsonObject> Read(string type, byte[] body, ServedResource resource, string version, string name)
    {
        switch (type)
        {
            case Json:
                JsonArray operations = ParseArray(body);
                return current => Guard(resource, name, () => JsonPatch.Apply(current, operations));
            case Merge:
                JsonObject merge = Bodies.ParseJson(body);
                return current => MergePatch.Apply(current, merge);
            case Strategic when resource.Custom:
                throw ApiErrors.UnsupportedMediaType(type, $"{Json}, {Merge}, {Apply}");
            case Strategic:
                JsonObject strategic = Bodies.ParseJson(body);
                return current => Guard(resource, name, () => StrategicMerge.Apply(current, strategic, resource.SchemaOf(version)));
            default:
                throw ApiErrors.UnsupportedMediaType(type, string.Join(", ", All));
        }
    }

    private static JsonArray ParseArray(byte[] body)
    {
        try
        {
            return Objects.Json.Parse(body) as JsonArray ?? throw ApiErrors.BadRequest("a JSON patch is a list of operations");
        }
        catch (JsonException e)
        {
            throw ApiErrors.BadRequest($"the body of the request is not valid JSON: {e.Message}");
        }
    }

    private static JsonObject Guard(ServedResource resource, string name, Func<JsonObject> patch)
    {
        try
        {
            return patch();
        }
        catch (PatchException e)
        {
            throw ApiErrors.Invalid(resource.Kind, name, [new Cause("FieldValueInvalid", "patch", e.Message)]);
        }
    }
}
