using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Tulle.Http;
using Tulle.Protocol;

namespace Tulle.Proxy.Balancing;

/// <summary>The cookie that keeps a client with its endpoint. Immutable; any thread.</summary>
internal sealed class HashCookieModel
{
    /// <summary>Sixteen hexadecimal digits: enough that clients differ, and no secret.</summary>
    public const int ValueLength = 16;

    private readonly string _before;
    private readonly string _after;

    private HashCookieModel(HashCookie cookie)
    {
        _before = $"{cookie.Name}=";
        var after = new StringBuilder();
        if (cookie.TtlMs > 0) after.Append(CultureInfo.InvariantCulture, $"; Max-Age={(cookie.TtlMs + 999) / 1_000}");
        if (cookie.Path.Length > 0) after.Append(CultureInfo.InvariantCulture, $"; Path={cookie.Path}");
        foreach (HeaderField attribute in cookie.Attributes)
        {
            after.Append(CultureInfo.InvariantCulture, $"; {attribute.Name}");
            if (attribute.Value.Length > 0) after.Append(CultureInfo.InvariantCulture, $"={attribute.Value}");
        }
        after.Append("; HttpOnly");
        _after = after.ToString();
    }

    /// <summary>Null when clients are not to be given a cookie (no TTL).</summary>
    public static HashCookieModel? Compile(HashCookie cookie) => cookie.HasTtlMs ? new HashCookieModel(cookie) : null;

    /// <summary>The Set-Cookie field for a client that has none, and the hash that its next requests will have. Allocates.</summary>
    public FieldEdits NewField(IRandomSource random, out ulong hash)
    {
        ulong value = (ulong)random.Below(uint.MaxValue) << 32 | random.Below(uint.MaxValue);
        Span<byte> text = stackalloc byte[ValueLength];
        _ = Utf8Formatter.TryFormat(value, text, out _, new('x', ValueLength));
        hash = KeyHash.Of(text);
        return new FieldEdits([], [], [new FieldLine("set-cookie", _before + Encoding.ASCII.GetString(text) + _after)]);
    }
}
