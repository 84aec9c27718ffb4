using System.Text;
using Tulle.Http.Http2;
using Tulle.Proxy.Forwarding;

namespace Tulle.Proxy.Http2;

/// <summary>Under which reason a client's violation is counted: floods each under their own, as <c>http2-rapid-reset</c>.</summary>
internal static class Http2Reasons
{
    private static readonly string[] Abuses = [.. Enum.GetValues<Http2ErrorKind>().Select(kind => "http2" + Kebab(kind.ToString()))];

    public static string Of(Http2Error error) => error.IsAbuse ? Abuses[(int)error.Kind] : MeshErrors.Of(MeshError.DownstreamHttp2).Token;

    private static string Kebab(string name)
    {
        var text = new StringBuilder();
        foreach (char c in name)
        {
            if (char.IsAsciiLetterUpper(c)) text.Append('-');
            text.Append(char.ToLowerInvariant(c));
        }
        return text.ToString();
    }
}
