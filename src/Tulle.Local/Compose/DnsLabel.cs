namespace Tulle.Local.Compose;

/// <summary>Names that are labels of a host name (RFC 1123, section 2.1) and so names of Kubernetes Services.</summary>
public static class DnsLabel
{
    public const string Rule = "use lower-case letters, digits and '-', start with a letter, at most 63 characters";

    public static bool IsValid(string name) =>
        name.Length is > 0 and <= 63 && char.IsAsciiLetterLower(name[0]) && name[^1] != '-'
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
