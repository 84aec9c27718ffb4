using Microsoft.AspNetCore.Http;
using Tulle.ApiServer.Errors;
using Tulle.ApiServer.Http;
using Tulle.ApiServer.Selectors;
using Tulle.ApiServer.Storage;
using Tulle.ApiServer.Views;

namespace Tulle.ApiServer.Verbs;

/// <summary>get and list.</summary>
internal sealed class ReadHandler(ObjectStore store)
{
    public async Task GetAsync(ApiRequest request)
    {
        string name = request.Target.Name!;
        ObjectView view = ObjectView.For(request);
        StoredObject found = store.Get(request.Key(name)) ?? throw ApiErrors.NotFound(request.Kind, name);
        await WriteAsync(request, view, found.Json, 200);
    }

    public async Task ListAsync(ApiRequest request)
    {
        HttpRequest http = request.Http.Request;
        ObjectView view = ObjectView.For(request);
        var token = ContinueToken.Parse(http.Query("continue"));
        var query = new StoreQuery(request.Type, request.Namespace, Limit: (int)Math.Min(http.Number("limit") ?? 0, int.MaxValue))
        {
            After = token is { } t ? (t.Namespace, t.Name) : null,
            Revision = token?.Revision ?? ExactRevision(http),
            Match = ObjectSelector.Of(http, request.Kind).Filter,
        };
        StoreList list = store.List(query) ?? throw ApiErrors.Expired(token is null
            ? $"The resourceVersion for the provided list is too old or was never served here; list again without it"
            : "The provided continue parameter is too old to display a consistent list result; list again from the start");
        string next = list.Remaining > 0 && list.Items is [.., var last]
            ? new ContinueToken(list.Revision, last.Key.Namespace, last.Key.Name).ToString()
            : "";
        request.Http.Response.ContentType = "application/json";
        view.WriteList(request.Http.Response.BodyWriter, list, next);
        await request.Http.Response.BodyWriter.FlushAsync(request.Aborted);
    }

    /// <summary>Writes one object in the form the client asked for.</summary>
    public static async Task WriteAsync(ApiRequest request, ObjectView view, byte[] json, int status)
    {
        request.Http.Response.StatusCode = status;
        request.Http.Response.ContentType = "application/json";
        view.WriteObject(request.Http.Response.BodyWriter, json);
        await request.Http.Response.BodyWriter.FlushAsync(request.Aborted);
    }

    // Any other match, or none, is answered with the present, which is never older than what was asked for.
    private static long? ExactRevision(HttpRequest http)
    {
        if (http.Query("resourceVersionMatch") != "Exact") return null;
        return http.Number("resourceVersion") is { } revision and > 0
            ? revision
            : throw ApiErrors.BadRequest("resourceVersionMatch=Exact needs a resourceVersion above 0");
    }
}
