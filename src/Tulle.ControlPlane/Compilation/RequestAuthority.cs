using System.Globalization;
using System.Net;

namespace Tulle.ControlPlane.Compilation;

/// <summary>What a client asks for: <c>host[:port]</c>.</summary>
/// <param name="Host">Lower case, without a trailing dot or brackets.</param>
/// <param name="Port">80 when none was written.</param>
/// <param name="Address">The host, when it is an IP address.</param>
internal readonly record struct RequestAuthority(string Host, int Port, IPAddress? Address)
{
    /// <summary>False when the text is no authority.</summary>
    public static bool TryParse(string text, out RequestAuthority authority)
    {
        authority = default;
        string host = text;
        int port = 80;
        int colon = text.LastIndexOf(':');
        bool bracketed = text.StartsWith('[');
        // An IPv6 address without brackets has several colons and no port.
        bool hasPort = colon >= 0 && (bracketed ? text[colon - 1] == ']' : text.IndexOf(':') == colon);
        if (hasPort)
        {
            host = text[..colon];
            if (!int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is 0 or > 65535) return false;
        }
        if (bracketed) host = host.Trim('[', ']');
        host = host.TrimEnd('.').ToLowerInvariant();
        if (host.Length == 0) return false;
        authority = new RequestAuthority(host, port, IPAddress.TryParse(host, out IPAddress? address) ? address : null);
        return !bracketed || authority.Address is not null;
    }
}
