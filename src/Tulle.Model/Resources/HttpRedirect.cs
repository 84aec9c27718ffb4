using Tulle.Model.Documents;

namespace Tulle.Model.Resources;

/// <summary>A redirect that answers a request. What is null or 0 keeps the request's.</summary>
/// <param name="Uri">Replaces the whole path.</param>
/// <param name="PrefixRewrite">Replaces the matched prefix.</param>
/// <param name="PortFromScheme">Whether the port is the scheme's default one.</param>
/// <param name="Code">Status; 301 by default.</param>
public sealed record HttpRedirect(string? Uri, string? PrefixRewrite, string? Authority, string? Scheme, int Port, bool PortFromScheme, int Code)
{
    public const int DefaultCode = 301;

    internal static HttpRedirect? Decode(Node? node) => node is not MappingNode ? null : new HttpRedirect(
        node.GetText("uri"), node.GetText("prefixRewrite"), node.GetText("authority"), node.GetText("scheme"), node.GetInt("port") ?? 0,
        node.GetText("derivePort") == "FROM_PROTOCOL_DEFAULT", node.GetInt("redirectCode") is { } code and (302 or 303 or 307 or 308) ? code : DefaultCode);
}
