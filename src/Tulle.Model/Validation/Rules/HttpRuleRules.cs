namespace Tulle.Model.Validation.Rules;

/// <summary>Rules of one HTTP rule of a VirtualService (istio.md §5.1).</summary>
internal static class HttpRuleRules
{
    public static void Check(Cursor rule)
    {
        CheckAction(rule);
        foreach (Cursor match in rule["match"].Items)
            HttpMatchRules.Check(match);
        CheckRoute(rule["route"]);
        HttpSettingRules.CheckRetries(rule["retries"]);
        HttpSettingRules.CheckFault(rule["fault"]);
        HttpActionRules.CheckRewrite(rule);
        HttpActionRules.CheckRedirect(rule);
        HttpActionRules.CheckDirectResponse(rule["directResponse"]);
        HttpSettingRules.CheckCors(rule["corsPolicy"]);
        HttpSettingRules.CheckHeaders(rule["headers"]);
        CheckTimeouts(rule);
        rule.AtMostOne("mirror", "mirrors");
        rule.AtMostOne("mirrorPercentage", "mirrorPercent");
        foreach (string share in rule.Given("mirrorPercentage", "mirrorPercent"))
        {
            if (!rule["mirror"].Exists)
                rule[share].Warn("there is no mirror that it could be the share of", rule["mirrors"].Exists ? "write percentage in each of mirrors" : "add mirror");
        }
        CommonRules.CheckHost(rule["mirror"]["host"], wildcard: false);
        foreach (Cursor mirror in rule["mirrors"].Items)
            CommonRules.CheckHost(mirror["destination"]["host"], wildcard: false);
    }

    private static void CheckAction(Cursor rule)
    {
        IReadOnlyList<string> actions = rule.Given("route", "redirect", "directResponse", "delegate");
        if (actions.Count == 0)
            rule.Missing("the rule says nowhere to send requests", "add a route with a destination");
        rule.AtMostOne("route", "redirect", "directResponse", "delegate");
        if (rule["redirect"].Exists || rule["directResponse"].Exists)
        {
            foreach (string field in rule.Given("fault", "rewrite"))
                rule[field].Error("cannot stand beside a redirect or a direct response", "remove it");
        }
        if (rule["delegate"].Exists && rule["delegate"]["name"].Text is not { Length: > 0 })
            rule["delegate"].Missing("the delegate has no name", "add the name of a VirtualService without hosts");
    }

    /// <summary>Sums of weights between these look like percentages; Istio once took no others, and only their ratio counts.</summary>
    private const int PercentsFrom = 50, PercentsTo = 200;

    /// <summary>Destinations by weight.</summary>
    public static void CheckRoute(Cursor route)
    {
        long sum = 0;
        foreach (Cursor item in route.Items)
        {
            CommonRules.CheckHost(item["destination"]["host"], wildcard: false);
            CheckSubset(item["destination"]["subset"]);
            HttpSettingRules.CheckHeaders(item["headers"]);
            sum += item["weight"].Integer ?? 0;
        }
        if (route.Exists && route.Count == 0)
            route.Missing("the route has no destination", "add a destination with a host");
        if (route.Count > 1 && sum <= 0)
            route.Error("the weights of several destinations add up to 0, so no request could be sent to any", "give each destination a weight, for example 90 and 10");
        if (route.Count > 1 && sum is > PercentsFrom and < PercentsTo and not 100)
            route.Warn($"the weights add up to {sum}, not to 100, so they are no percentages: {Shares(route, sum)}", "correct them, if they are meant to be percentages; else write smaller numbers, such as 2 and 1");
        if (sum > uint.MaxValue)
            route.Error($"the weights add up to {sum}, more than {uint.MaxValue}", "write smaller weights; only their ratio counts");
    }

    private static string Shares(Cursor route, long sum) => string.Join(", ", route.Items.Select(item =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{item["destination"]["subset"].Text ?? item["destination"]["host"].Text} gets {100.0 * (item["weight"].Integer ?? 0) / sum:0.#} %")));

    private static void CheckTimeouts(Cursor rule)
    {
        Cursor perTry = rule["retries"]["perTryTimeout"];
        if (ValueRules.Time(rule["timeout"]) is { } whole && whole > TimeSpan.Zero && ValueRules.Time(perTry) > whole)
            perTry.Warn($"{perTry.Text} is longer than the timeout of {rule["timeout"].Text}, which also ends the try", "write less than the timeout");
    }

    private static void CheckSubset(Cursor subset)
    {
        if (subset.Text is { Length: > 0 } name && !Names.IsLabel(name.ToLowerInvariant()))
            subset.Error($"\"{name}\" is not the name of a subset", "use at most 63 letters, digits and '-'");
    }
}
