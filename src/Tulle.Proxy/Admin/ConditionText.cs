using Tulle.Protocol;

namespace Tulle.Proxy.Admin;

/// <summary>A condition in one line for people: <c>path starts with /users and header version is v2</c>.</summary>
internal static class ConditionText
{
    public static string Of(Condition condition) => condition.ConditionCase switch
    {
        Condition.ConditionOneofCase.All => Join(condition.All, " and "),
        Condition.ConditionOneofCase.Any => Join(condition.Any, " or "),
        Condition.ConditionOneofCase.Not => $"not ({Of(condition.Not)})",
        Condition.ConditionOneofCase.Path => $"path {Of(condition.Path)}",
        Condition.ConditionOneofCase.Method => $"method {Of(condition.Method)}",
        Condition.ConditionOneofCase.Authority => $"authority {Of(condition.Authority)}",
        Condition.ConditionOneofCase.Scheme => $"scheme {Of(condition.Scheme)}",
        Condition.ConditionOneofCase.Header => $"header {condition.Header.Name} {Of(condition.Header.Value)}",
        Condition.ConditionOneofCase.Query => $"query {condition.Query.Name} {Of(condition.Query.Value)}",
        _ => "always",
    };

    private static string Join(ConditionList list, string word)
        => "(" + string.Join(word, list.Conditions.Select(Of)) + ")";

    private static string Of(StringMatch? match) => match?.MatchCase switch
    {
        StringMatch.MatchOneofCase.Exact => $"is '{match.Exact}'",
        StringMatch.MatchOneofCase.Prefix => $"starts with '{match.Prefix}'",
        StringMatch.MatchOneofCase.Regex => $"matches '{match.Regex}'",
        StringMatch.MatchOneofCase.Present => match.Present ? "is present" : "is absent",
        _ => "is anything",
    };
}
