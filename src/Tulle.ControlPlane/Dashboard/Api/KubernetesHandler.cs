using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;
using Tulle.Kubernetes;

namespace Tulle.ControlPlane.Dashboard.Api;

/// <summary>
/// <c>/api/kubernetes/…</c>: reads what concerns the mesh and changes its configuration, through the API server and so with all of its
/// admission. Warnings, errors and conflicts come back as they are.
/// </summary>
internal sealed class KubernetesHandler(KubernetesClient kubernetes, TimeProvider clock)
{
    public const string Prefix = "/api/kubernetes/";

    private static readonly string[] ReadParameters = ["limit", "continue", "labelSelector", "fieldSelector", "resourceVersion", "resourceVersionMatch"];
    private static readonly string[] WriteParameters = ["dryRun", "fieldManager", "fieldValidation", "force", "propagationPolicy"];

    public async Task AnswerAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        if (PassedPath.Parse(RawPath(context)) is not { } path)
        {
            await ApiProblem.WriteAsync(context, 403, "Forbidden",
                "the dashboard reads mesh configuration, workloads, services and events, and nothing else; use kubectl for the rest").ConfigureAwait(false);
            return;
        }
        bool read = HttpMethods.IsGet(request.Method);
        if (!read && Refusal(request.Method, path) is { } refusal)
        {
            await ApiProblem.WriteAsync(context, 405, "MethodNotAllowed", refusal).ConfigureAwait(false);
            return;
        }
        string[] allowed = read ? ReadParameters : WriteParameters;
        if (request.Query.Keys.FirstOrDefault(name => !allowed.Contains(name, StringComparer.Ordinal)) is { } unknown)
        {
            string hint = unknown == "watch" ? "; ask again instead, or follow /api/stream" : $"; there are {string.Join(", ", allowed)}";
            await ApiProblem.WriteAsync(context, 400, "BadRequest", $"there is no parameter {unknown} here{hint}").ConfigureAwait(false);
            return;
        }
        await PassAsync(context, path.Path + QueryOf(request, allowed)).ConfigureAwait(false);
    }

    private static string? Refusal(string method, PassedPath path) => method switch
    {
        "PUT" or "PATCH" or "DELETE" or "POST" when !path.Writable => $"the dashboard changes the configuration of the mesh only, and no {path.Path.Plural}; use kubectl",
        "PUT" or "PATCH" or "DELETE" => path.Named ? null : $"name one object: {method} changes one at a time",
        "POST" => path.Named ? "an object is created with POST to its collection" : null,
        _ => $"{method} is not served; there are GET, POST, PUT, PATCH and DELETE",
    };

    private async Task PassAsync(HttpContext context, string pathAndQuery)
    {
        HttpRequest request = context.Request;
        using var deadline = new CancellationTokenSource(kubernetes.Options.RequestTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, context.RequestAborted);
        try
        {
            using HttpContent? body = HttpMethods.IsGet(request.Method) ? null : await ReadAsync(request, either.Token).ConfigureAwait(false);
            using HttpResponseMessage answer = await kubernetes.ForwardAsync(new HttpMethod(request.Method), pathAndQuery, body, either.Token).ConfigureAwait(false);
            await CopyAsync(answer, context, either.Token).ConfigureAwait(false);
        }
        catch (ApiUnreachableException error)
        {
            await ApiProblem.WriteAsync(context, 503, "ServiceUnavailable", error.Message).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !context.Response.HasStarted)
        {
            await ApiProblem.WriteAsync(context, 504, "Timeout", $"the API server did not answer within {kubernetes.Options.RequestTimeout.TotalSeconds:0} s").ConfigureAwait(false);
        }
    }

    /// <summary>The whole body: an answer may come before it has been read, and Kestrel's limit must be felt before anything is sent on.</summary>
    private static async Task<HttpContent> ReadAsync(HttpRequest request, CancellationToken cancellation)
    {
        using var buffer = new MemoryStream();
        await request.Body.CopyToAsync(buffer, cancellation).ConfigureAwait(false);
        var content = new ByteArrayContent(buffer.ToArray());
        if (request.ContentType is { Length: > 0 } type) content.Headers.TryAddWithoutValidation(HeaderNames.ContentType, type);
        return content;
    }

    private static async Task CopyAsync(HttpResponseMessage answer, HttpContext context, CancellationToken cancellation)
    {
        HttpResponse response = context.Response;
        response.StatusCode = (int)answer.StatusCode;
        response.ContentType = answer.Content.Headers.ContentType?.ToString();
        response.Headers.CacheControl = "no-store";
        if (answer.Headers.NonValidated.TryGetValues(HeaderNames.Warning, out var warnings)) response.Headers[HeaderNames.Warning] = warnings.ToArray();
        if (answer.Headers.RetryAfter is { } wait) response.Headers.RetryAfter = wait.ToString();
        await answer.Content.CopyToAsync(response.Body, cancellation).ConfigureAwait(false);
    }

    /// <summary>The path as it was sent: Kestrel's own has been decoded and shortened.</summary>
    private static ReadOnlySpan<char> RawPath(HttpContext context)
    {
        ReadOnlySpan<char> target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        int query = target.IndexOf('?');
        if (query >= 0) target = target[..query];
        return target.StartsWith(Prefix, StringComparison.Ordinal) ? target[Prefix.Length..] : "";
    }

    private static string QueryOf(HttpRequest request, string[] allowed)
    {
        var query = new StringBuilder();
        foreach (string name in allowed)
        {
            string value = request.Query[name].ToString();
            if (value.Length > 0) query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }
        return query.ToString();
    }
}
