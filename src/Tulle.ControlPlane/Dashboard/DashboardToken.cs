using System.Security.Cryptography;
using System.Text;

namespace Tulle.ControlPlane.Dashboard;

/// <summary>What opens the dashboard, and the cookie that a browser gets for it. Comparisons take the same time whatever was sent.</summary>
public sealed class DashboardToken
{
    /// <summary>256 bits: beyond guessing, so that no attempt needs to be counted.</summary>
    private const int Bytes = 32;

    private readonly byte[] _token;
    private readonly byte[] _cookie;

    public DashboardToken(string token)
    {
        ArgumentException.ThrowIfNullOrEmpty(token);
        byte[] secret = Encoding.UTF8.GetBytes(token);
        // The cookie is derived: it opens nothing once there is a new token, and does not give the token away.
        Cookie = Convert.ToHexStringLower(HMACSHA256.HashData(secret, "tulle-dashboard-session"u8));
        _token = SHA256.HashData(secret);
        _cookie = Digest(Cookie);
    }

    /// <summary>The cookie's value.</summary>
    internal string Cookie { get; }

    /// <summary>A new token, in lower-case hexadecimal.</summary>
    public static string New() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes));

    internal bool IsToken(string? candidate) => candidate is not null && CryptographicOperations.FixedTimeEquals(Digest(candidate), _token);

    internal bool IsCookie(string? candidate) => candidate is not null && CryptographicOperations.FixedTimeEquals(Digest(candidate), _cookie);

    // Digests have one length.
    private static byte[] Digest(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
