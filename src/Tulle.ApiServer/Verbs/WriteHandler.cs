using System.Text.Json.Nodes;
using Tulle.ApiServer.Admission;
using Tulle.ApiServer.Errors;
using Tulle.ApiServer.Http;
using Tulle.ApiServer.Objects;
using Tulle.ApiServer.Patching;
using Tulle.ApiServer.Selectors;
using Tulle.ApiServer.Storage;
using Tulle.ApiServer.Views;

namespace Tulle.ApiServer.Verbs;

/// <summary>create, update, patch, delete and deletecollection.</summary>
internal sealed class WriteHandler(ObjectStore store, ObjectWriter writer, ObjectRemover remover)
{
    public async Task CreateAsync(ApiRequest request)
    {
        ObjectView view = ObjectView.For(request);
        JsonObject value = await request.Http.Request.ReadObjectAsync();
        StoredObject stored = await writer.CreateAsync(WriteScope.Of(request), value);
        await ReadHandler.WriteAsync(request, view, stored.Json, 201);
    }

    public async Task UpdateAsync(ApiRequest request)
    {
        ObjectView view = ObjectView.For(request);
        JsonObject value = await request.Http.Request.ReadObjectAsync();
        StoredObject stored = await writer.UpdateAsync(WriteScope.Of(request), request.Target.Name!, _ => (JsonObject)value.DeepClone());
        await ReadHandler.WriteAsync(request, view, stored.Json, 200);
    }

    public async Task PatchAsync(ApiRequest request)
    {
        ObjectView view = ObjectView.For(request);
        string name = request.Target.Name!;
        string type = request.Http.Request.MediaType();
        byte[] body = await request.Http.Request.ReadBytesAsync();
        WriteScope scope = WriteScope.Of(request);
        if (type == PatchTypes.Apply)
        {
            await ApplyAsync(request, view, scope, Bodies.ParseYaml(body));
            return;
        }
        Func<JsonObject, JsonObject> patch = PatchTypes.Read(type, body, request.Resource, request.Target.Version, name);
        StoredObject stored = await writer.UpdateAsync(scope, name, patch);
        await ReadHandler.WriteAsync(request, view, stored.Json, 200);
    }

    /// <summary>
    /// Server-side apply, as far as it goes without field ownership: creates the object, or merges what is given into it by the
    /// merge keys of the schema. Nothing is removed for being left out, and no two managers conflict.
    /// </summary>
    private async Task ApplyAsync(ApiRequest request, ObjectView view, WriteScope scope, JsonObject wanted)
    {
        string name = request.Target.Name!;
        if (request.Http.Request.Query("fieldManager") is null)
            throw ApiErrors.BadRequest("PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch");
        request.Http.Warn("server-side apply merges here: fields left out are kept, and field managers are not recorded");
        wanted.Metadata().Remove("managedFields");
        wanted.Metadata()["name"] ??= name;
        if (store.Get(request.Key(name)) is null && request.Target.Subresource is null)
        {
            StoredObject created = await writer.CreateAsync(scope, wanted);
            await ReadHandler.WriteAsync(request, view, created.Json, 201);
            return;
        }
        StoredObject stored = await writer.UpdateAsync(scope, name, current =>
            StrategicMerge.Apply(current, wanted, request.Resource.SchemaOf(request.Target.Version)));
        await ReadHandler.WriteAsync(request, view, stored.Json, 200);
    }

    public async Task DeleteAsync(ApiRequest request)
    {
        ObjectView view = ObjectView.For(request);
        DeleteOptions options = await DeleteOptions.ReadAsync(request.Http.Request);
        (StoredObject deleted, bool gone) = await remover.DeleteAsync(WriteScope.Of(request), request.Target.Name!, options);
        if (!gone)
        {
            await ReadHandler.WriteAsync(request, view, deleted.Json, 200);
            return;
        }
        var details = new JsonObject { ["name"] = deleted.Key.Name };
        if (request.Kind.Group.Length > 0) details["group"] = request.Kind.Group;
        details["kind"] = request.Kind.Plural;
        details["uid"] = ObjectEncoding.Decode(deleted.Json).Uid();
        await request.Http.WriteJsonAsync(new JsonObject
        {
            ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Success", ["details"] = details,
        });
    }

    public async Task DeleteCollectionAsync(ApiRequest request)
    {
        ObjectView view = ObjectView.For(request);
        DeleteOptions options = await DeleteOptions.ReadAsync(request.Http.Request);
        WriteScope scope = WriteScope.Of(request);
        var selector = ObjectSelector.Of(request.Http.Request, request.Kind);
        StoreList list = store.List(new StoreQuery(request.Type, request.Namespace, Match: selector.Filter))!;
        foreach (StoredObject item in list.Items)
        {
            try
            {
                await remover.DeleteAsync(scope with { Namespace = item.Key.Namespace }, item.Key.Name, options);
            }
            catch (ApiException e) when (e.Code == 404)
            {
                // Someone else was faster, which is what was wanted.
            }
        }
        request.Http.Response.ContentType = "application/json";
        view.WriteList(request.Http.Response.BodyWriter, list, "");
        await request.Http.Response.BodyWriter.FlushAsync(request.Aborted);
    }
}
