using System.Text.RegularExpressions;
using Tulle.Model.Schemas;

namespace Tulle.Model.Validation;

/// <summary>Syntax of names, label keys and label values (Kubernetes: Names, Labels and Selectors).</summary>
internal static partial class Names
{
    /// <summary>What a name has to look like; null when it does.</summary>
    public static string? Fault(NameFormat format, string name) => format switch
    {
        NameFormat.Label when name.Length > 63 || !Label().IsMatch(name) =>
            "use at most 63 lower-case letters, digits and '-', starting and ending with a letter or digit",
        NameFormat.Rfc1035Label when name.Length > 63 || !Rfc1035().IsMatch(name) =>
            "use at most 63 lower-case letters, digits and '-', starting with a letter and ending with a letter or digit",
        NameFormat.Subdomain when name.Length > 253 || !Subdomain().IsMatch(name) =>
            "use at most 253 lower-case letters, digits, '-' and '.', starting and ending with a letter or digit",
        NameFormat.PathSegment when name is "." or ".." || name.Contains('/') || name.Contains('%') => "do not use '/', '%', '.' or '..'",
        _ => null,
    };

    public static bool IsLabel(string text) => text.Length <= 63 && Label().IsMatch(text);

    public static bool IsSubdomain(string text) => text.Length <= 253 && Subdomain().IsMatch(text);

    /// <summary>Optional DNS prefix and slash, then at most 63 letters, digits, '-', '_' and '.'.</summary>
    public static bool IsLabelKey(string key)
    {
        int slash = key.IndexOf('/');
        string name = key[(slash + 1)..];
        return (slash < 0 || IsSubdomain(key[..slash])) && name.Length is > 0 and <= 63 && LabelWord().IsMatch(name);
    }

    public static bool IsLabelValue(string value) => value.Length == 0 || (value.Length <= 63 && LabelWord().IsMatch(value));

    // \z, not $: a name that ends in a line feed is not one.
    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Label();

    [GeneratedRegex(@"^[a-z]([-a-z0-9]*[a-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Rfc1035();

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Subdomain();

    [GeneratedRegex(@"^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?\z", RegexOptions.CultureInvariant)]
    private static partial Regex LabelWord();
}
