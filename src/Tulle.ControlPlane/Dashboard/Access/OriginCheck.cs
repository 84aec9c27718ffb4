using System.Net;
using Microsoft.AspNetCore.Http;

namespace Tulle.ControlPlane.Dashboard.Access;

/// <summary>
/// Whether a request was made by the dashboard's own page, or by no browser at all. Other pages of the same browser could send requests
/// too: under a name that they point at this machine (DNS rebinding), or to our address with our cookie.
/// </summary>
internal static class OriginCheck
{
    /// <summary>
    /// A <c>Host</c> that nobody else can own: <c>localhost</c> or a loopback address. Its port is not compared, so that the
    /// dashboard also works through a forwarded port (<c>ssh -L</c>).
    /// </summary>
    public static bool IsLoopback(HostString host)
    {
        if (!host.HasValue) return false;
        string name = host.Host;
        return name.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(name.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));
    }

    /// <summary>Whether a request for the API comes from this origin, as far as the sender says; a browser always does when it does not.</summary>
    public static bool IsOwnRead(HttpRequest request) => FetchSite(request) is "" or "same-origin" or "none" && Origin(request) is null or true;

    /// <summary>Whether a change comes from this origin. A sender that is no browser must say so too: with <c>Origin</c>.</summary>
    public static bool IsOwnWrite(HttpRequest request) => FetchSite(request) is "" or "same-origin" && Origin(request) is true;

    /// <summary>A navigation that another site caused, such as a click on a link there: browsers keep a strict cookie back on it.</summary>
    public static bool IsForeignNavigation(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && FetchSite(request) is "cross-site" or "same-site" && request.Headers["Sec-Fetch-Mode"] == "navigate" && request.Headers["Sec-Fetch-Dest"] == "document";

    private static string FetchSite(HttpRequest request) => request.Headers["Sec-Fetch-Site"].ToString();

    /// <summary>Whether <c>Origin</c> is ours; null when there is none.</summary>
    private static bool? Origin(HttpRequest request)
    {
        string origin = request.Headers.Origin.ToString();
        return origin.Length == 0 ? null : origin.Equals($"http://{request.Host.Value}", StringComparison.OrdinalIgnoreCase);
    }
}
