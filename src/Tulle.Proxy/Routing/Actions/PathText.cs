using System.Text;
using Tulle.Http;
using Tulle.Http.Http1;

namespace Tulle.Proxy.Routing.Actions;

/// <summary>Composes the path and query that a rewrite or redirect leads to.</summary>
internal static class PathText
{
    /// <summary>What is wrong with a configured path; null when nothing is.</summary>
    public static string? Refuse(string text) =>
        text.AsSpan().IndexOfAnyExceptInRange('!', '~') < 0 && !text.Contains('#', StringComparison.Ordinal)
            ? null
            : $"\"{text}\" has characters that a path cannot have; percent-encode them";

    /// <summary>
    /// Writes the whole new path, or the request's with its prefix replaced; else the request's own. The request's query goes
    /// behind it unless the new path brings one (Envoy's rule).
    /// </summary>
    public static void WritePath(ref SpanWriter writer, in RequestView request, byte[]? full, byte[]? prefix, byte[] matchedPrefix)
    {
        ReadOnlySpan<byte> path = request.Path;
        if (full is not null)
        {
            if (full.Length == 0 || full[0] != '/') writer.Write("/"u8);
            writer.Write(full);
            if (full.AsSpan().Contains((byte)'?')) return;
        }
        else if (prefix is not null && StartsWith(path, matchedPrefix))
        {
            ReadOnlySpan<byte> rest = path[matchedPrefix.Length..];
            bool rooted = prefix.Length > 0 ? prefix[0] == '/' : !rest.IsEmpty && rest[0] == '/';
            if (!rooted) writer.Write("/"u8);
            writer.Write(prefix);
            writer.Write(rest);
        }
        else
        {
            writer.Write(path);
        }
        WriteQuery(ref writer, request.Query);
    }

    public static void WriteQuery(ref SpanWriter writer, ReadOnlySpan<byte> query)
    {
        if (query.IsEmpty) return;
        writer.Write("?"u8);
        writer.Write(query);
    }

    /// <summary>Without case: the match may have ignored it, and a prefix that matched nothing like it is left alone.</summary>
    private static bool StartsWith(ReadOnlySpan<byte> path, ReadOnlySpan<byte> prefix) =>
        path.Length >= prefix.Length && Ascii.EqualsIgnoreCase(path[..prefix.Length], prefix);
}
