using System.Text.Json.Nodes;
using Tulle.ApiServer.Admission;
using Tulle.ApiServer.Errors;
using Tulle.ApiServer.Http;
using Tulle.ApiServer.Objects;
using Tulle.ApiServer.Patching;
using Tulle.ApiServer.Storage;

namespace Tulle.ApiServer.Subresources;

/// <summary>The <c>scale</c> subresource: the number of replicas, and nothing else.</summary>
internal sealed class Scales(ObjectStore store, ObjectWriter writer)
{
    public Task GetAsync(ApiRequest request)
    {
        string name = request.Target.Name!;
        StoredObject found = store.Get(request.Key(name)) ?? throw ApiErrors.NotFound(request.Kind, name);
        return request.Http.WriteJsonAsync(ScaleOf(ObjectEncoding.Decode(found.Json)));
    }

    public async Task WriteAsync(ApiRequest request)
    {
        string type = request.Http.Request.MediaType();
        byte[] body = await request.Http.Request.ReadBytesAsync();
        Func<JsonObject, JsonObject> change = request.Http.Request.Method == "PUT"
            ? _ => Bodies.ParseJson(body)
            // A strategic merge of a Scale is a plain merge: it has no lists.
            : PatchTypes.Read(type == PatchTypes.Strategic ? PatchTypes.Merge : type, body, request.Resource, request.Target.Version, request.Target.Name!);
        WriteScope scope = WriteScope.Of(request) with { Subresource = null };
        StoredObject stored = await writer.UpdateAsync(scope, request.Target.Name!, current =>
        {
            JsonObject scale = change(ScaleOf(current));
            long replicas = scale.Number("spec", "replicas") ?? 0;
            if (replicas < 0)
                throw ApiErrors.Invalid(request.Kind, request.Target.Name!, [new Cause("FieldValueInvalid", "spec.replicas", $"Invalid value: {replicas}: must be greater than or equal to 0")]);
            if (scale.ResourceVersion() is { Length: > 0 } version) current.Metadata()["resourceVersion"] = version;
            current.Ensure("spec")["replicas"] = replicas;
            return current;
        });
        await request.Http.WriteJsonAsync(ScaleOf(ObjectEncoding.Decode(stored.Json)));
    }

    private static JsonObject ScaleOf(JsonObject value)
    {
        var metadata = new JsonObject();
        foreach (string field in (string[])["name", "namespace", "uid", "resourceVersion", "creationTimestamp"])
            metadata[field] = value.At("metadata", field)?.DeepClone();
        string selector = string.Join(",", (value.At("spec", "selector", "matchLabels") as JsonObject ?? []).Select(l => $"{l.Key}={l.Value.Display()}"));
        return new JsonObject
        {
            ["kind"] = "Scale",
            ["apiVersion"] = "autoscaling/v1",
            ["metadata"] = metadata,
            ["spec"] = new JsonObject { ["replicas"] = value.Number("spec", "replicas") ?? 1 },
            ["status"] = new JsonObject { ["replicas"] = value.Number("status", "replicas") ?? 0, ["selector"] = selector },
        };
    }
}
