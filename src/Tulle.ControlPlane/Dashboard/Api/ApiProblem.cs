using Microsoft.AspNetCore.Http;
using Tulle.ControlPlane.Insight.Api;

namespace Tulle.ControlPlane.Dashboard.Api;

/// <summary>A Kubernetes Status object as the answer of the dashboard's own API.</summary>
internal static class ApiProblem
{
    public static Task WriteAsync(HttpContext context, int code, string reason, string message)
    {
        context.Response.StatusCode = code;
        context.Response.Headers.CacheControl = "no-store";
        return JsonAnswer.WriteAsync(context, json => StatusJson.Write(json, code, reason, message));
    }
}
