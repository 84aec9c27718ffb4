using Microsoft.AspNetCore.Http;
using Tulle.ApiServer.Errors;
using Tulle.ApiServer.Http;
using Tulle.ApiServer.Storage;

namespace Tulle.ApiServer.Subresources;

/// <summary><c>pods/log</c>, answered by whoever runs the pods.</summary>
internal sealed class LogHandler(ObjectStore store, PodLogs? podLogs)
{
    /// <summary>Can be set after the start: the supervisor starts after the API it works through.</summary>
    public PodLogs? PodLogs { get; set; } = podLogs;

    public async Task WriteAsync(ApiRequest request)
    {
        string name = request.Target.Name!;
        if (store.Get(request.Key(name)) is null) throw ApiErrors.NotFound(request.Kind, name);
        if (PodLogs is not { } logs) throw ApiErrors.NotServed("pods/log is not served: nothing runs pods here");
        HttpRequest http = request.Http.Request;
        var asked = new PodLogRequest(request.Namespace!, name, http.Query("container"), http.Flag("follow"), http.Number("tailLines"),
            http.Number("sinceSeconds"), http.Flag("timestamps"), http.Flag("previous"), http.Number("limitBytes"));
        request.Http.Response.ContentType = "text/plain";
        string? problem = await logs(asked, request.Http.Response.Body, request.Aborted);
        if (problem is not null && !request.Http.Response.HasStarted) throw ApiErrors.BadRequest(problem);
    }
}
