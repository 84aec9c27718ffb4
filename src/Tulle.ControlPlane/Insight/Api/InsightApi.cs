using Microsoft.AspNetCore.Http;

namespace Tulle.ControlPlane.Insight.Api;

/// <summary>
/// The API group <c>insight.tulle.dev/v1</c>: golden metrics, live requests, what each proxy was told. Finds the handler of a
/// question and turns what goes wrong into Status objects.
/// </summary>
internal sealed class InsightApi(IEnumerable<IInsightHandler> handlers, ReportPacer pacer)
{
    public const string Group = "insight.tulle.dev";

    private readonly Dictionary<string, IInsightHandler> _handlers = handlers.ToDictionary(handler => handler.Name);

    /// <summary>Answers a request whose path starts with <c>/apis/insight.tulle.dev</c>. The caller was authenticated by the API server.</summary>
    public Task HandleAsync(HttpContext context) => HandleAsync(context, again: false);

    /// <param name="again">The question is asked again and again, so that a first answer need not wait for the newest numbers.</param>
    public async Task HandleAsync(HttpContext context, bool again)
    {
        try
        {
            await RouteAsync(context, again).ConfigureAwait(false);
        }
        catch (InsightException error) when (!context.Response.HasStarted)
        {
            await WriteStatusAsync(context, error).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client left, which is how a tap ends.
        }
    }

    /// <summary>Whether the answer to a question, a path below the group's version, goes on for ever.</summary>
    public bool IsEndless(string question)
    {
        int end = question.AsSpan().IndexOf('?');
        string[] parts = Uri.UnescapeDataString(end < 0 ? question : question[..end]).Split('/', StringSplitOptions.RemoveEmptyEntries);
        string list = parts is ["namespaces", _, var of, ..] ? of : parts is [var first, ..] ? first : "";
        return _handlers.TryGetValue(list, out IInsightHandler? handler) && handler.IsEndless;
    }

    private async Task RouteAsync(HttpContext context, bool again)
    {
        string path = (context.Request.PathBase + context.Request.Path).Value ?? "";
        if (!HttpMethods.IsGet(context.Request.Method))
            throw new InsightException(405, "MethodNotAllowed", $"{Group} can only be read: use GET instead of {context.Request.Method}");
        if (path.TrimEnd('/') == $"/apis/{Group}/v1")
        {
            await WriteResourcesAsync(context).ConfigureAwait(false);
            return;
        }
        if (InsightRequest.Of(context, path) is not { } request || !_handlers.TryGetValue(request.List, out IInsightHandler? handler))
            throw InsightException.NotFound($"{Group} has nothing at {path}; it has {string.Join(", ", _handlers.Keys.Order(StringComparer.Ordinal))}");
        if (handler.ShowsTraffic && !again) await pacer.FreshAsync(context.RequestAborted).ConfigureAwait(false);
        await handler.AnswerAsync(request).ConfigureAwait(false);
    }

    private static Task WriteResourcesAsync(HttpContext context) => JsonAnswer.WriteAsync(context, json =>
    {
        json.WriteString("kind", "APIResourceList");
        json.WriteString("apiVersion", "v1");
        json.WriteString("groupVersion", $"{Group}/v1");
        json.WriteStartArray("resources");
        json.WriteEndArray();
    });

    private static Task WriteStatusAsync(HttpContext context, InsightException error)
    {
        context.Response.StatusCode = error.Code;
        return JsonAnswer.WriteAsync(context, json => StatusJson.Write(json, error.Code, error.Reason, error.Message));
    }
}
