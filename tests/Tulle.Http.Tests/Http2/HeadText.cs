using System.Text;
using Tulle.Http.Http2;

namespace Tulle.Http.Tests.Http2;

/// <summary>Heads as text.</summary>
internal static class HeadText
{
    /// <summary>Every field in the order it came, pseudo-header fields too.</summary>
    public static string[] LinesOf(Http2Head head) =>
        Encoding.Latin1.GetString(head.Buffer).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
}
