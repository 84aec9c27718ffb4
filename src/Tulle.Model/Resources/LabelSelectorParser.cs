using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Tulle.Model.Validation;

namespace Tulle.Model.Resources;

/// <summary>Parser of the URL form of label selectors (Kubernetes: Labels and Selectors, "API").</summary>
internal static class LabelSelectorParser
{
    public static bool TryParse(string text, out List<LabelRequirement> requirements, [NotNullWhen(false)] out string? error)
    {
        requirements = [];
        foreach (string part in SplitOutsideParentheses(text))
        {
            string term = part.Trim();
            if (term.Length == 0 && text.Trim().Length == 0)
                break;
            if (ParseTerm(term) is not { } requirement)
            {
                error = $"cannot read \"{term}\" in the label selector \"{text}\"; write terms like app=shop, tier!=cache, env in (prod,test), canary or !legacy, joined by commas";
                return false;
            }
            requirements.Add(requirement);
        }
        error = null;
        return true;
    }

    private static LabelRequirement? ParseTerm(string term)
    {
        if (term.StartsWith('!'))
            return Checked(term[1..], LabelOperator.DoesNotExist, []);
        int open = term.IndexOf('(');
        if (open >= 0)
            return ParseSet(term, open);
        int comparison = term.AsSpan().IndexOfAny("=!<>");
        if (comparison < 0)
            return Checked(term, LabelOperator.Exists, []);
        string key = term[..comparison];
        string rest = term[comparison..];
        if (rest.StartsWith("!=", StringComparison.Ordinal))
            return Checked(key, LabelOperator.NotIn, [rest[2..]]);
        if (rest.StartsWith("==", StringComparison.Ordinal))
            return Checked(key, LabelOperator.In, [rest[2..]]);
        return rest[0] switch
        {
            '=' => Checked(key, LabelOperator.In, [rest[1..]]),
            '>' => Compared(key, LabelOperator.Gt, rest[1..]),
            '<' => Compared(key, LabelOperator.Lt, rest[1..]),
            _ => null,
        };
    }

    private static LabelRequirement? ParseSet(string term, int open)
    {
        if (!term.EndsWith(')'))
            return null;
        string[] words = term[..open].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] values = term[(open + 1)..^1].Split(',');
        return words switch
        {
            [string key, "in"] => Checked(key, LabelOperator.In, values),
            [string key, "notin"] => Checked(key, LabelOperator.NotIn, values),
            _ => null,
        };
    }

    private static LabelRequirement? Compared(string key, LabelOperator @operator, string value) =>
        long.TryParse(value, NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out _)
            ? Checked(key, @operator, [value])
            : null;

    private static LabelRequirement? Checked(string key, LabelOperator @operator, IReadOnlyList<string> values)
    {
        string trimmed = key.Trim();
        string[] trimmedValues = [.. values.Select(value => value.Trim())];
        return Names.IsLabelKey(trimmed) && trimmedValues.All(Names.IsLabelValue) ? new LabelRequirement(trimmed, @operator, trimmedValues) : null;
    }

    private static List<string> SplitOutsideParentheses(string text)
    {
        var parts = new List<string>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            depth += text[i] switch { '(' => 1, ')' => -1, _ => 0 };
            if (text[i] != ',' || depth > 0)
                continue;
            parts.Add(text[start..i]);
            start = i + 1;
        }
        parts.Add(text[start..]);
        return parts;
    }
}
