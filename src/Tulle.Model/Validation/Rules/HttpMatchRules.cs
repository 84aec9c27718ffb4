namespace Tulle.Model.Validation.Rules;

/// <summary>Rules of one match of a VirtualService (istio.md §1.3, §5.1).</summary>
internal static class HttpMatchRules
{
    public static void Check(Cursor match)
    {
        CommonRules.CheckStringMatch(match["uri"], presence: false, emptyPrefix: true);
        CommonRules.CheckStringMatch(match["scheme"], presence: false);
        CommonRules.CheckStringMatch(match["method"], presence: false);
        CommonRules.CheckStringMatch(match["authority"], presence: false);
        CheckHeaders(match["headers"]);
        CheckHeaders(match["withoutHeaders"]);
        foreach ((string name, Cursor value) in match["queryParams"].Entries)
        {
            if (name.Length == 0)
                value.Error("the name of a query parameter is empty", "write its name");
            CommonRules.CheckStringMatch(value, presence: true);
        }
        CommonRules.CheckSelector(match["sourceLabels"]);
        if (match["ignoreUriCase"].Text == "true" && match["uri"]["regex"].Exists)
            match["ignoreUriCase"].Warn("has no effect on a regular expression", "start the expression with (?i)");
    }

    private static void CheckHeaders(Cursor headers)
    {
        foreach ((string name, Cursor value) in headers.Entries)
        {
            if (name.StartsWith("@request.auth", StringComparison.Ordinal))
                value.Error("claims of tokens can only be matched on gateways, which have no effect yet", "match a header that carries the claim");
            else if (!CommonRules.IsToken(name))
                value.Error($"\"{name}\" is not the name of a header", "write the name alone, such as end-user");
            else if (name is "uri" or "scheme" or "method" or "authority")
                value.Warn($"a header match on {name} is ignored", $"move it out of headers: {name} is a field of the match");
            CommonRules.CheckStringMatch(value, presence: true);
        }
    }
}
