using Microsoft.AspNetCore.Http;
using Tulle.ControlPlane.Insight.Api;

namespace Tulle.ControlPlane.Dashboard.Api;

/// <summary><c>/api/insight/…</c>: the insight API, for whoever may see the dashboard.</summary>
internal sealed class InsightHandler(InsightApi insight, CancellationToken stopping)
{
    public const string Prefix = "/api/insight/";

    public async Task AnswerAsync(HttpContext context)
    {
        string question = context.Request.Path.Value![Prefix.Length..];
        context.Request.Path = $"/apis/{InsightApi.Group}/v1/{question}";
        context.Response.Headers.CacheControl = "no-store";
        // What has no end of its own must not keep the control plane from stopping.
        await using CancellationTokenRegistration _ = insight.IsEndless(question) ? stopping.UnsafeRegister(static http => ((HttpContext)http!).Abort(), context) : default;
        await insight.HandleAsync(context).ConfigureAwait(false);
    }
}
