using System.Globalization;
using System.Net;
using Tulle.Proxy.Model;

namespace Tulle.Proxy.Configuration;

/// <summary>The values of flags. Each parser returns null, or what is wrong, to follow "FLAG VALUE: ".</summary>
internal static class FlagValues
{
    /// <summary>More event loops than any machine has use for.</summary>
    public const int MaxLoops = 256;

    /// <summary>More per second than any reader of traces has use for.</summary>
    public const int MaxRate = 100_000;

    public static string? ControlPlane(string text, out Uri? uri)
    {
        const string Remedy = "an address such as https://127.0.0.1:15010 is needed";
        if (!Uri.TryCreate(text, UriKind.Absolute, out uri)) return Remedy;
        if (uri.Scheme != Uri.UriSchemeHttps) return $"the control plane is only spoken to over TLS; {Remedy}";
        return uri.PathAndQuery is "/" && uri.Fragment.Length == 0 && uri.UserInfo.Length == 0 ? null : $"it has more than a host and a port; {Remedy}";
    }

    public static string? EndPoint(string text, out IPEndPoint? endPoint)
    {
        endPoint = null;
        int colon = text.LastIndexOf(':');
        bool portIsThere = colon > 0 && text.LastIndexOf(']') < colon && (text[0] == '[' || text.IndexOf(':') == colon);
        if (portIsThere && IPEndPoint.TryParse(text, out endPoint) && text.AsSpan(0, colon).ContainsAny(".:")) return null;
        return "an IP address and a port are needed, such as 127.0.0.1:15001 or [::1]:15001";
    }

    public static string? LoopbackEndPoint(string text, out IPEndPoint? endPoint)
    {
        if (EndPoint(text, out endPoint) is { } problem) return problem;
        return IPAddress.IsLoopback(endPoint!.Address)
            ? null
            : "the admin port shows what the proxy knows to whoever can reach it, so it must be on a loopback address (127.0.0.0/8 or [::1])";
    }

    public static string? Inbound(string text, out InboundListenerConfig? inbound)
    {
        inbound = null;
        string[] sides = text.Split('=');
        if (sides.Length != 2) return "LISTEN=APP is needed, such as 127.64.0.3:8080=127.0.0.1:41234";
        if (EndPoint(sides[0], out IPEndPoint? listen) is { } left) return $"before the '=', {left}";
        if (EndPoint(sides[1], out IPEndPoint? application) is { } right) return $"after the '=', {right}";
        if (application!.Port == 0) return "the application's port cannot be 0";
        if (listen!.Equals(application)) return "the proxy would connect to itself; the application needs an address or a port of its own";
        inbound = new InboundListenerConfig(listen, application);
        return null;
    }

    public static string? Upstream(string text, out UpstreamListenerConfig? upstream)
    {
        upstream = null;
        string[] sides = text.Split('=');
        if (sides.Length != 2) return "LISTEN=AUTHORITY is needed, such as 127.0.0.1:9001=user-service:80";
        if (EndPoint(sides[0], out IPEndPoint? listen) is { } left) return $"before the '=', {left}";
        if (!TryAuthority(sides[1], out string authority))
            return "after the '=', a host name with an optional port is needed, such as user-service:80";
        upstream = new UpstreamListenerConfig(listen!, authority);
        return null;
    }

    /// <summary>Lower case, with port 80 when none is given.</summary>
    public static bool TryAuthority(string text, out string authority)
    {
        authority = text.ToLowerInvariant();
        int colon = authority.LastIndexOf(':');
        bool bracketed = authority.StartsWith('[');
        string host = colon > authority.LastIndexOf(']') ? authority[..colon] : authority;
        if (host.Length == authority.Length) authority += ":80";
        else if (!ushort.TryParse(authority.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) || port == 0) return false;

        if (bracketed) return IPAddress.TryParse(host, out _);
        return host.Length is > 0 and <= 253 && host.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_');
    }

    public static bool TryLoops(string text, out int loops)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out loops) && loops is >= 1 and <= MaxLoops;

    /// <summary>0 to 100, with at most four decimals; <paramref name="ppm"/> is per million.</summary>
    public static bool TryPercentage(string text, out uint ppm)
    {
        ppm = 0;
        if (!double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double percent) || percent is not (>= 0 and <= 100)) return false;
        ppm = (uint)Math.Round(percent * 10_000);
        return true;
    }

    /// <summary>A number with the unit ms, s, m or h.</summary>
    public static bool TryDuration(string text, out TimeSpan duration)
    {
        duration = default;
        int digits = text.AsSpan().IndexOfAnyExcept("0123456789.");
        if (digits <= 0 || !double.TryParse(text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number)) return false;

        double milliseconds = text[digits..] switch { "ms" => 1, "s" => 1_000, "m" => 60_000, "h" => 3_600_000, _ => 0 } * number;
        if (milliseconds is < 1 or > 86_400_000) return false;
        duration = TimeSpan.FromMilliseconds(milliseconds);
        return true;
    }
}
