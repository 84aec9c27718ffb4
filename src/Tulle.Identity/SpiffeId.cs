using System.Diagnostics.CodeAnalysis;

namespace Tulle.Identity;

/// <summary>
/// The name of a workload: <c>spiffe://&lt;trust domain&gt;/&lt;path&gt;</c>. Follows the SPIFFE ID standard §2: no port, user info,
/// query, fragment, percent-encoding, empty or dot segments. Immutable; equality is ordinal, as SPIFFE demands.
/// </summary>
public sealed record SpiffeId
{
    private const string Prefix = "spiffe://";

    /// <summary>Most bytes of a SPIFFE ID that must be supported, and the most we take (SPIFFE ID §2.3).</summary>
    public const int MaxLength = 2048;

    /// <summary>Most bytes of a trust domain (SPIFFE ID §2.1).</summary>
    public const int MaxTrustDomainLength = 255;

    private SpiffeId(string trustDomain, string path) => (TrustDomain, Path) = (trustDomain, path);

    /// <summary>Lower case, without scheme: <c>cluster.local</c>.</summary>
    public string TrustDomain { get; }

    /// <summary>Empty for the trust domain itself, else starts with a slash: <c>/ns/shop/sa/user-service</c>.</summary>
    public string Path { get; }

    /// <summary>The identity of a Kubernetes service account, in the form that Istio made common.</summary>
    /// <exception cref="FormatException">A part holds characters that a SPIFFE ID cannot hold.</exception>
    public static SpiffeId ForServiceAccount(string trustDomain, string @namespace, string serviceAccount)
        => Parse($"{Prefix}{trustDomain}/ns/{@namespace}/sa/{serviceAccount}");

    /// <summary>The identity of a trust domain's own authority.</summary>
    /// <exception cref="FormatException">Not a trust domain.</exception>
    public static SpiffeId ForTrustDomain(string trustDomain) => Parse(Prefix + trustDomain);

    /// <exception cref="FormatException">Not a SPIFFE ID; the message says why.</exception>
    public static SpiffeId Parse(string text) => TryParse(text, out SpiffeId? id, out string? error) ? id : throw new FormatException(error);

    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out SpiffeId? id)
        => TryParse(text, out id, out _);

    /// <param name="error">One sentence that quotes the text and says what is wrong.</param>
    public static bool TryParse(
        [NotNullWhen(true)] string? text, [NotNullWhen(true)] out SpiffeId? id, [NotNullWhen(false)] out string? error)
    {
        id = null;
        string? problem = Split(text ?? "", out string trustDomain, out string path);
        if (problem is not null)
        {
            error = $"'{(text?.Length > 128 ? text[..128] + "…" : text)}' is not a SPIFFE ID: {problem}.";
            return false;
        }

        id = new SpiffeId(trustDomain, path);
        error = null;
        return true;
    }

    /// <summary>Namespace and service account, when the path has the form <c>/ns/&lt;ns&gt;/sa/&lt;sa&gt;</c>.</summary>
    public bool TryGetServiceAccount([NotNullWhen(true)] out string? @namespace, [NotNullWhen(true)] out string? serviceAccount)
    {
        string[] segments = Path.Split('/');
        bool matches = segments is ["", "ns", _, "sa", _];
        @namespace = matches ? segments[2] : null;
        serviceAccount = matches ? segments[4] : null;
        return matches;
    }

    public override string ToString() => Prefix + TrustDomain + Path;

    private static string? Split(string text, out string trustDomain, out string path)
    {
        trustDomain = path = "";
        if (text.Length > MaxLength) return $"it is longer than {MaxLength} bytes";
        if (!text.StartsWith(Prefix, StringComparison.Ordinal)) return $"it does not start with {Prefix}";

        int slash = text.IndexOf('/', Prefix.Length);
        trustDomain = slash < 0 ? text[Prefix.Length..] : text[Prefix.Length..slash];
        path = slash < 0 ? "" : text[slash..];

        if (trustDomain.Length == 0) return "the trust domain is missing";
        if (trustDomain.Length > MaxTrustDomainLength) return $"the trust domain is longer than {MaxTrustDomainLength} bytes";
        foreach (char c in trustDomain)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c is not ('.' or '-' or '_'))
                return $"the trust domain holds '{c}', but only a-z, 0-9, '.', '-' and '_' are allowed";
        }

        return path.Length == 0 ? null : CheckPath(path);
    }

    private static string? CheckPath(string path)
    {
        foreach (string segment in path[1..].Split('/'))
        {
            if (segment.Length == 0) return "the path has an empty segment or ends with a slash";
            if (segment is "." or "..") return "the path has a dot segment";
            foreach (char c in segment)
            {
                if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-' or '_'))
                    return $"the path holds '{c}', but only letters, digits, '.', '-' and '_' are allowed";
            }
        }

        return null;
    }
}
