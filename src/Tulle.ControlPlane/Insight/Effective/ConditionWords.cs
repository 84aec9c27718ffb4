using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight.Effective;

/// <summary>Conditions in words.</summary>
internal static class ConditionWords
{
    public static string Of(Condition? condition) => condition is null ? "every request" : Of(condition, nested: false);

    private static string Of(Condition condition, bool nested) => condition.ConditionCase switch
    {
        Condition.ConditionOneofCase.All => Join(condition.All, " and ", nested),
        Condition.ConditionOneofCase.Any => Join(condition.Any, " or ", nested),
        Condition.ConditionOneofCase.Not => $"not ({Of(condition.Not, nested: false)})",
        Condition.ConditionOneofCase.Path => Of("path", condition.Path),
        Condition.ConditionOneofCase.Method => Of("method", condition.Method),
        Condition.ConditionOneofCase.Authority => Of("authority", condition.Authority),
        Condition.ConditionOneofCase.Scheme => Of("scheme", condition.Scheme),
        Condition.ConditionOneofCase.Header => Of($"header {condition.Header.Name}", condition.Header.Value),
        Condition.ConditionOneofCase.Query => Of($"query parameter {condition.Query.Name}", condition.Query.Value),
        _ => "every request",
    };

    private static string Join(ConditionList list, string word, bool nested)
    {
        string joined = string.Join(word, list.Conditions.Select(inner => Of(inner, nested: true)));
        return nested && list.Conditions.Count > 1 ? $"({joined})" : joined;
    }

    /// <summary>A match of a named value.</summary>
    public static string Of(string subject, StringMatch? match)
    {
        string fold = match is { IgnoreCase: true } ? " (in any case)" : "";
        return match?.MatchCase switch
        {
            StringMatch.MatchOneofCase.Exact => $"{subject} is {Quoted(match.Exact)}{fold}",
            StringMatch.MatchOneofCase.Prefix => $"{subject} starts with {Quoted(match.Prefix)}{fold}",
            StringMatch.MatchOneofCase.Regex => $"{subject} matches {match.Regex}{fold}",
            _ => $"{subject} is there",
        };
    }

    /// <summary>In quotes unless it is plainly one word.</summary>
    public static string Quoted(string value) =>
        value.Length > 0 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '-' or '_' or '.' or ':' or '{' or '}') ? value : $"\"{value}\"";
}
