using Microsoft.AspNetCore.Http;
using Tulle.ControlPlane.Dashboard.Access;
using Tulle.ControlPlane.Dashboard.Api;
using Tulle.ControlPlane.Dashboard.Files;
using Tulle.ControlPlane.Dashboard.Streaming;

namespace Tulle.ControlPlane.Dashboard;

/// <summary>Every request for the dashboard: whether it may come in, and what answers it.</summary>
internal sealed class DashboardPipeline(
    Session session, StaticFileHandler files, SessionHandler about, InsightHandler insight, KubernetesHandler kubernetes, StreamHandler streams)
{
    public async Task InvokeAsync(HttpContext context)
    {
        SecurityHeaders.AddTo(context.Response.Headers);
        try
        {
            await AnswerAsync(context).ConfigureAwait(false);
        }
        catch (BadHttpRequestException error) when (!context.Response.HasStarted)
        {
            await ApiProblem.WriteAsync(context, error.StatusCode, error.StatusCode == 413 ? "RequestEntityTooLarge" : "BadRequest", error.Message).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The browser left.
        }
        catch (Exception error) when (error is not OutOfMemoryException && !context.Response.HasStarted)
        {
            await ApiProblem.WriteAsync(context, 500, "InternalError", $"the request failed in the control plane: {error.Message}").ConfigureAwait(false);
        }
    }

    private Task AnswerAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        if (!OriginCheck.IsLoopback(request.Host))
            return ApiProblem.WriteAsync(context, 421, "MisdirectedRequest", "the dashboard answers as localhost or by its loopback address only");
        string path = request.Path.Value ?? "/";
        bool api = path.StartsWith("/api/", StringComparison.Ordinal) || path == "/api";
        return api ? AnswerApiAsync(context, path) : AnswerPageAsync(context);
    }

    private Task AnswerPageAsync(HttpContext context)
    {
        if (session.TryOpen(context) is { } opening) return opening;
        if (session.IsOpen(context.Request)) return files.AnswerAsync(context);
        // After a click on a link elsewhere the browser has kept the cookie back; from here it gives it.
        if (OriginCheck.IsForeignNavigation(context.Request) && !context.Request.Query.ContainsKey("token"))
            return Pages.ContinueAsync(context, Session.OwnPath(context.Request, context.Request.Query));
        return Pages.WriteAsync(context, 401, Pages.Unauthorized);
    }

    private Task AnswerApiAsync(HttpContext context, string path)
    {
        HttpRequest request = context.Request;
        if (!session.IsOpen(request))
            return ApiProblem.WriteAsync(context, 401, "Unauthorized", "the session has ended; run 'tulle dashboard' and open its link");
        bool read = HttpMethods.IsGet(request.Method);
        if (read ? !OriginCheck.IsOwnRead(request) : !OriginCheck.IsOwnWrite(request))
        {
            return ApiProblem.WriteAsync(context, 403, "Forbidden", read
                ? "the request comes from another site"
                : "the request comes from another site, or does not say that it comes from this one: send Origin with the dashboard's own address");
        }
        return path switch
        {
            "/api/session" when read => about.AnswerAsync(context),
            "/api/stream" when read => streams.AnswerAsync(context),
            _ when path.StartsWith(InsightHandler.Prefix, StringComparison.Ordinal) => insight.AnswerAsync(context),
            _ when path.StartsWith(KubernetesHandler.Prefix, StringComparison.Ordinal) => kubernetes.AnswerAsync(context),
            _ => ApiProblem.WriteAsync(context, 404, "NotFound", "there are /api/session, /api/stream, /api/insight/… and /api/kubernetes/…"),
        };
    }
}
