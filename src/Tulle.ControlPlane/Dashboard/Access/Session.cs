using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.Primitives;

namespace Tulle.ControlPlane.Dashboard.Access;

/// <summary>Turns the token of a link into a cookie, and tells by the cookie who has been let in.</summary>
/// <param name="token">The token.</param>
/// <param name="port">
/// Of the listener. Cookies know hosts but no ports, so the name carries it: the dashboards of two meshes do not put each other out.
/// </param>
internal sealed class Session(DashboardToken token, int port)
{
    private const string Parameter = "token";

    private readonly string _cookieName = $"tulle-dashboard-{port}";

    public bool IsOpen(HttpRequest request) => token.IsCookie(request.Cookies[_cookieName]);

    /// <summary>Answers a request whose query has the right token: gives the cookie and leads to the same page without the token.</summary>
    /// <returns>Null when the query has no right token.</returns>
    public Task? TryOpen(HttpContext context)
    {
        HttpRequest request = context.Request;
        if (!HttpMethods.IsGet(request.Method) || !request.Query.TryGetValue(Parameter, out StringValues values) || !token.IsToken(values)) return null;
        context.Response.Cookies.Append(_cookieName, token.Cookie, new CookieOptions
        {
            HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/", IsEssential = true,
        });
        string target = OwnPath(request, request.Query.Where(parameter => parameter.Key != Parameter));
        if (OriginCheck.IsForeignNavigation(request)) return Pages.ContinueAsync(context, target);
        context.Response.Headers.CacheControl = "no-store";
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = target;
        return Task.CompletedTask;
    }

    /// <summary>The request's path with some query, for a redirect that stays on this origin.</summary>
    public static string OwnPath(HttpRequest request, IEnumerable<KeyValuePair<string, StringValues>> query)
    {
        string path = request.Path.ToUriComponent();
        // A browser reads "//host/" and "/\host/" as another host.
        if (!path.StartsWith('/') || path.StartsWith("//", StringComparison.Ordinal) || path.Contains('\\')) path = "/";
        return path + new QueryBuilder(query).ToQueryString().Value;
    }
}
