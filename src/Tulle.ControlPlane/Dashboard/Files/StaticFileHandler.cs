using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Tulle.ControlPlane.Dashboard.Files;

/// <summary>Serves the single-page application: a file where the path names one, else the page itself.</summary>
internal sealed class StaticFileHandler(DashboardFiles files)
{
    private static readonly string[] Preferred = ["br", "gzip"];

    public Task AnswerAsync(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.Headers.Allow = "GET, HEAD";
            return Pages.WriteAsync(context, 405, Pages.MethodNotAllowed);
        }
        string path = (context.Request.Path.Value ?? "").TrimStart('/');
        if (files.Find(path) is { } file) return WriteAsync(context, file);
        if (Path.HasExtension(path)) return Pages.WriteAsync(context, 404, Pages.NoSuchFile);
        return files.Index is { } index ? WriteAsync(context, index) : Pages.WriteAsync(context, 503, Pages.NotBuilt);
    }

    private static async Task WriteAsync(HttpContext context, DashboardFile file)
    {
        HttpResponse response = context.Response;
        // Private: the dashboard is for whoever has its token. What may change is asked for again each time, by its tag.
        response.Headers.CacheControl = file.Immutable ? "private, max-age=31536000, immutable" : "private, no-cache";
        response.Headers.ETag = file.ETag;
        response.Headers.Vary = "Accept-Encoding";
        if (context.Request.Headers.IfNoneMatch.ToString().Contains(file.ETag, StringComparison.Ordinal))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        string encoding = EncodingFor(context.Request.Headers.AcceptEncoding, file);
        if (encoding.Length > 0) response.Headers.ContentEncoding = encoding;
        response.ContentType = file.ContentType;
        await using Stream content = file.Encodings[encoding]();
        response.ContentLength = content.Length;
        if (HttpMethods.IsGet(context.Request.Method)) await content.CopyToAsync(response.Body, context.RequestAborted).ConfigureAwait(false);
    }

    private static string EncodingFor(StringValues accepted, DashboardFile file)
    {
        foreach (string encoding in Preferred)
        {
            if (!file.Encodings.ContainsKey(encoding)) continue;
            foreach (string element in accepted.ToString().Split(',', StringSplitOptions.TrimEntries))
            {
                // RFC 9110 12.5.3: a quality of 0 means not acceptable.
                string[] parts = element.Split(';', StringSplitOptions.TrimEntries);
                bool refused = parts.Skip(1).Any(parameter => parameter is "q=0" or "q=0.0" or "q=0.00" or "q=0.000");
                if (!refused && parts[0].Equals(encoding, StringComparison.OrdinalIgnoreCase)) return encoding;
            }
        }
        return "";
    }
}
