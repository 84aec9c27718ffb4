using System.Buffers;
using System.Text.RegularExpressions;

namespace Tulle.Model.Validation.Rules;

/// <summary>Rules that several kinds share (istio.md §5.1, "Common").</summary>
internal static partial class CommonRules
{
    // RFC 9110 §5.6.2, token.
    private static readonly SearchValues<char> s_token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    public static bool IsToken(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExcept(s_token);

    public static void CheckRegex(Cursor regex)
    {
        if (regex.Text is { } pattern && RegexSyntax.Fault(pattern) is { } fault)
            regex.Error($"the regular expression \"{(pattern.Length <= 60 ? pattern : $"{pattern[..57]}...")}\" {fault}", "write an expression in RE2 syntax");
    }

    /// <summary>Checks a match by exact, prefix or regex.</summary>
    /// <param name="match">The match.</param>
    /// <param name="presence">Whether an empty match asks for presence; otherwise it is an error.</param>
    /// <param name="emptyPrefix">Whether an empty prefix is allowed.</param>
    public static void CheckStringMatch(Cursor match, bool presence, bool emptyPrefix = false)
    {
        if (!match.Exists && !presence)
            return;
        match.AtMostOne("exact", "prefix", "regex");
        if (!presence && match.Given("exact", "prefix", "regex").Count == 0)
            match.Missing("the match says nothing", "add exact, prefix or regex");
        if (match["prefix"].Text is "" && !emptyPrefix)
            match["prefix"].Error("an empty prefix matches everything", "remove the match, or write a prefix");
        if (match["regex"] is { Text: not "*" } regex)
        {
            if (regex.Text is "")
                regex.Error("an empty regular expression matches nothing but an empty value", "remove the match, or write an expression");
            CheckRegex(regex);
        }
    }

    /// <summary>Checks the name of a service or a host with an optional wildcard in the first label; says whether it is one.</summary>
    public static bool CheckHost(Cursor host, bool wildcard)
    {
        if (host.Text is not { } text)
            return false;
        if (text.Length == 0)
        {
            host.Missing("a host is empty", "write the name of a service");
            return false;
        }
        if (text == "*" && wildcard)
            return true;
        string name = text;
        if (text.StartsWith('*') && wildcard)
            name = text.StartsWith("*.", StringComparison.Ordinal) ? text[2..] : text[1..].TrimStart('-');
        if (Addresses.IsAddress(name) || (name.Length is > 0 and <= 255 && HostName().IsMatch(name)))
            return true;
        host.Error($"\"{text}\" is not a host name",
            text.Contains(':') || text.Contains('/') ? "write only the name, without scheme, port or path"
            : wildcard ? "use letters, digits, '-' and '.'; a '*' may only be the first label"
            : "use letters, digits, '-' and '.'");
        return false;
    }

    /// <summary>Checks a selector of workloads by labels.</summary>
    public static void CheckSelector(Cursor labels)
    {
        foreach ((string key, Cursor value) in labels.Entries)
        {
            if (key.Contains('*') || (value.Text?.Contains('*') ?? false))
                value.Error("a selector cannot have wildcards", "write whole labels");
        }
        MetadataRules.CheckLabels(labels);
    }

    public static void CheckExportTo(Cursor exportTo)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (Cursor item in exportTo.Items)
        {
            if (item.Text is not { } text)
                continue;
            if (!seen.Add(text))
                item.Error($"\"{text}\" is written twice", "keep one of them");
            if (text is not ("*" or "." or "~") && !Names.IsLabel(text))
                item.Error($"\"{text}\" is not a namespace", "write '.', '*' or the name of a namespace");
        }
        if (seen.Contains("*") && seen.Count > 1)
            exportTo.Error("'*' means all namespaces already", "keep only '*'");
    }

    // Labels of letters, digits, '-' and '_' (SRV names); RFC 1123 without case.
    [GeneratedRegex(@"^([A-Za-z0-9_]([-A-Za-z0-9_]{0,61}[A-Za-z0-9_])?)(\.([A-Za-z0-9_]([-A-Za-z0-9_]{0,61}[A-Za-z0-9_])?))*\.?\z", RegexOptions.CultureInvariant)]
    private static partial Regex HostName();
}
