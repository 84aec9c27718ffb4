using Tulle.Http;

namespace Tulle.Proxy.Balancing;

/// <summary>Reads the Cookie field (RFC 6265 §4.2.1).</summary>
internal static class CookieField
{
    /// <summary>The value of a cookie by its name, which is case-sensitive; without the quotes around it.</summary>
    public static bool TryFind(in RequestView request, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        int next = 0;
        // HTTP/2 may split the field at its semicolons (RFC 9113 §8.2.3).
        while (request.TryFindHeader("cookie"u8, ref next, out ReadOnlySpan<byte> field))
        {
            while (!field.IsEmpty)
            {
                int end = field.IndexOf((byte)';');
                ReadOnlySpan<byte> pair = (end < 0 ? field : field[..end]).Trim((byte)' ');
                field = end < 0 ? default : field[(end + 1)..];
                if (pair.Length <= name.Length || pair[name.Length] != (byte)'=' || !pair.StartsWith(name)) continue;
                value = pair[(name.Length + 1)..];
                if (value.Length >= 2 && value[0] == (byte)'"' && value[^1] == (byte)'"') value = value[1..^1];
                return true;
            }
        }
        value = default;
        return false;
    }
}
