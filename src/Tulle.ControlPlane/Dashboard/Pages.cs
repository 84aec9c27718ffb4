using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;

namespace Tulle.ControlPlane.Dashboard;

/// <summary>What a page of the listener itself says; they need no file and no script.</summary>
/// <param name="Title">Heading.</param>
/// <param name="Text">What happened.</param>
/// <param name="Command">What to run; empty for nothing.</param>
internal readonly record struct Notice(string Title, string Text, string Command = "");

/// <summary>The pages that the listener answers by itself.</summary>
internal static class Pages
{
    private const string Style =
        "body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:15vh auto;padding:0 1rem;color:#1a1a1a;background:#fff}"
        + "code{background:#eee;padding:.2em .4em;border-radius:4px}"
        + "@media(prefers-color-scheme:dark){body{color:#eee;background:#16181d}code{background:#2a2d35}}";

    /// <summary>Allows the one inline style of these pages, and nothing else.</summary>
    private static readonly string Policy =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static Notice Unauthorized { get; } = new(
        "This link does not open the dashboard",
        "It is old or incomplete: a new mesh has a new link. Get the one of the running mesh in a terminal:", "tulle dashboard");

    public static Notice NotBuilt { get; } = new(
        "The dashboard was not built into this executable",
        "Its data is here under /api, its pages are not. Install Node.js with npm, then build again:", "scripts/build.sh");

    public static Notice NoSuchFile { get; } = new("Not found", "The dashboard has no such file; after an update, load the page again.");

    public static Notice MethodNotAllowed { get; } = new("Method not allowed", "Pages are read with GET; changes go to /api/kubernetes.");

    public static Task WriteAsync(HttpContext context, int status, Notice notice)
    {
        string command = notice.Command.Length == 0 ? "" : $"<p><code>{HtmlEncoder.Default.Encode(notice.Command)}</code></p>";
        return WriteAsync(context, status, "", $"<h1>{HtmlEncoder.Default.Encode(notice.Title)}</h1><p>{HtmlEncoder.Default.Encode(notice.Text)}</p>{command}", notice.Title);
    }

    /// <summary>
    /// Sends the browser to another path of this origin by a page instead of a redirect: what follows then counts as coming from
    /// this origin, and a SameSite=Strict cookie goes with it, wherever the link was clicked.
    /// </summary>
    public static Task ContinueAsync(HttpContext context, string target)
    {
        string url = HtmlEncoder.Default.Encode(target);
        return WriteAsync(context, 200, $"<meta http-equiv=\"refresh\" content=\"0;url={url}\">", $"<p><a href=\"{url}\">Open the dashboard</a></p>", "Tulle");
    }

    private static Task WriteAsync(HttpContext context, int status, string head, string body, string title)
    {
        string page = $"<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">{head}"
            + $"<title>{HtmlEncoder.Default.Encode(title)}</title><style>{Style}</style></head><body>{body}</body></html>\n";
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.ContentSecurityPolicy = Policy;
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsync(page, context.RequestAborted);
    }
}
