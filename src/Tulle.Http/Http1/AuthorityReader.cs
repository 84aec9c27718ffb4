namespace Tulle.Http.Http1;

/// <summary>Checks host[:port] (RFC 3986 §3.2 without user information, which RFC 9110 §4.2.4 says to treat as an error).</summary>
internal static class AuthorityReader
{
    private const int MaxPort = 65_535;

    /// <summary>True when <paramref name="value"/> is host[:port]; with <paramref name="needsPort"/> only host:port.</summary>
    public static bool IsValid(ReadOnlySpan<byte> value, bool needsPort)
    {
        int hostEnd;
        if (value.StartsWith((byte)'['))
        {
            hostEnd = value.IndexOf((byte)']') + 1;
            if (hostEnd < 4 || value[1..(hostEnd - 1)].ContainsAnyExcept(Characters.IpLiteral)) return false;
        }
        else
        {
            hostEnd = value.IndexOf((byte)':');
            if (hostEnd < 0) hostEnd = value.Length;
            if (hostEnd == 0 || value[..hostEnd].ContainsAnyExcept(Characters.Host)) return false;
        }

        if (hostEnd == value.Length) return !needsPort;
        return value[hostEnd] == ':' && IsPort(value[(hostEnd + 1)..], mayBeEmpty: !needsPort);
    }

    private static bool IsPort(ReadOnlySpan<byte> digits, bool mayBeEmpty)
    {
        if (digits.IsEmpty) return mayBeEmpty;
        if (digits.Length > 5) return false;
        int port = 0;
        foreach (byte digit in digits)
        {
            if (!Characters.IsDigit(digit)) return false;
            port = port * 10 + (digit - '0');
        }
        return port is > 0 and <= MaxPort;
    }
}
