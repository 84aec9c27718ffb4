using System.Globalization;

namespace Tulle.Model.Validation;

/// <summary>
/// Says whether a regular expression is one that proxies match: RE2's syntax, which is that of Istio and Envoy, without word
/// boundaries, Unicode classes and multi-line mode, which matches of whole values do not need. What is admitted here, every proxy compiles.
/// </summary>
public static class RegexSyntax
{
    /// <summary>Longest expression, as in Istio (istio.md §5.1).</summary>
    public const int MaxLength = 1024;

    /// <summary>Deepest nesting of groups.</summary>
    public const int MaxDepth = 64;

    /// <summary>RE2's limit on counted repetition.</summary>
    public const int MaxRepeat = 1000;

    /// <summary>Steps of the compiled expression, with counted repetitions written out.</summary>
    public const int MaxSteps = 4096;

    /// <summary>What is wrong with an expression, to follow its text in a message; null when nothing is.</summary>
    public static string? Fault(string pattern)
    {
        if (pattern.Length > MaxLength)
            return $"has {pattern.Length} characters, more than the {MaxLength} allowed";
        var parser = new RegexParser(pattern);
        return parser.Parse();
    }

    /// <summary>How many capturing groups an expression has, as replacements number them.</summary>
    public static int Groups(string pattern)
    {
        int groups = 0;
        bool inClass = false;
        for (int i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '\\':
                    i++;
                    break;
                case '[' when !inClass:
                    inClass = true;
                    // A bracket right at the start of a class is a member of it.
                    if (i + 1 < pattern.Length && pattern[i + 1] == '^') i++;
                    if (i + 1 < pattern.Length && pattern[i + 1] == ']') i++;
                    break;
                case ']':
                    inClass = false;
                    break;
                case '(' when !inClass && (i + 1 == pattern.Length || pattern[i + 1] != '?' || Named(pattern, i)):
                    groups++;
                    break;
            }
        }
        return groups;
    }

    // (?P<name> and (?<name> capture; (?: and (?i) do not.
    private static bool Named(string pattern, int open) =>
        pattern.AsSpan(open).StartsWith("(?P<", StringComparison.Ordinal) || pattern.AsSpan(open).StartsWith("(?<", StringComparison.Ordinal);

    /// <summary>The count at a brace: its ends, the latter null when open, and where it ends; null when the brace is a literal.</summary>
    internal static (int Min, int? Max, int End)? Count(string pattern, int brace)
    {
        int close = pattern.IndexOf('}', brace);
        string[] ends = close < 0 ? [] : pattern[(brace + 1)..close].Split(',');
        if (ends.Length is not (1 or 2) || !TryNumber(ends[0], out int min))
            return null;
        if (ends.Length == 1)
            return (min, min, close + 1);
        if (ends[1].Length == 0)
            return (min, null, close + 1);
        return TryNumber(ends[1], out int max) ? (min, max, close + 1) : null;
    }

    private static bool TryNumber(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
