using Tulle.Model.Documents;
using Tulle.Model.Resources;
using Tulle.Model.Schemas.Mesh.Linkerd;

namespace Tulle.Model.Validation.Rules;

/// <summary>Rules of ServiceProfile (linkerd.md §2).</summary>
internal static class ServiceProfileRules
{
    private static readonly string[] s_request = ["method", "pathRegex", "all", "any", "not"];
    // Linkerd's bounds, which proxies keep to.
    private static readonly TimeSpan s_shortestBudget = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestBudget = TimeSpan.FromSeconds(60);

    private static readonly string[] s_response = ["status", "all", "any", "not"];

    public static void Check(Cursor root)
    {
        Cursor name = root["metadata"]["name"];
        if (name.Text is { Length: > 0 } host && !host.Contains('.'))
            name.Error($"\"{host}\" is not the full name of a service", $"name the profile {host}.NAMESPACE.svc.cluster.local");
        foreach (Cursor route in root["spec"]["routes"].Items)
        {
            if (route["name"].Text is "")
                route["name"].Missing("the route has no name", "name it after its requests, such as GET /users/{id}");
            CheckCondition(route["condition"], s_request, depth: 0);
            if (route["isRetryable"].Text == "false" && route["retries"]["limit"].Integer > 0)
                route["retries"].Warn("has no effect on a route that is not retryable", "write isRetryable: true, or remove it");
            foreach (Cursor responses in route["responseClasses"].Items)
                CheckCondition(responses["condition"], s_response, depth: 0);
        }
        CheckBudget(root["spec"]["retryBudget"]);
        CheckOverrides(root["spec"]["dstOverrides"]);
        CheckOpaquePorts(root["spec"]["opaquePorts"]);
    }

    private static void CheckBudget(Cursor budget)
    {
        if (ValueRules.Time(budget["ttl"]) is { } ttl && (ttl < s_shortestBudget || ttl > s_longestBudget))
            budget["ttl"].Error($"{budget["ttl"].Text} is out of range", "write a time from 1s to 60s");
    }

    private static void CheckOverrides(Cursor overrides)
    {
        long sum = 0;
        foreach (Cursor item in overrides.Items)
        {
            string text = item["authority"].Text ?? "";
            int colon = text.LastIndexOf(':');
            string host = colon < 0 ? text : text[..colon];
            bool port = colon < 0 || PortRange.Parse(text[(colon + 1)..]) is { } range && range.First == range.Last;
            if (host.Length == 0 || !port || !host.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-'))
                item["authority"].Error($"\"{text}\" is not a service with an optional port", "write NAME.NAMESPACE.svc.cluster.local:PORT");
            sum += Quantities.Thousandths(item["weight"].Text) ?? 0;
        }
        if (overrides.Count > 0 && sum <= 0)
            overrides.Error("the weights add up to 0, so no request could be sent anywhere", "give at least one authority a weight above 0");
    }

    private static void CheckOpaquePorts(Cursor ports)
    {
        foreach (Cursor port in ports.Items)
        {
            if (PortRange.Parse(port.Text ?? "") is null)
                port.Error($"\"{port.Text}\" is neither a port nor a range of ports", "write a number such as 3306, or a range such as 4567-4570");
        }
    }

    private static void CheckCondition(Cursor condition, string[] fields, int depth)
    {
        if (!condition.Exists)
            return;
        if (condition.Node is not MappingNode mapping)
        {
            condition.Error($"expected a mapping, found {condition.Node!.Describe()}", $"write {string.Join(", ", fields)} below it", "FieldValueTypeInvalid");
            return;
        }
        if (condition.Given(fields).Count == 0)
            condition.Missing("the condition asks for nothing", $"add one of {string.Join(", ", fields)}");
        foreach (MappingEntry entry in mapping.Entries)
        {
            // The schema looks at the upper levels of nested conditions only.
            if (depth > ServiceProfileSchema.ConditionDepth && !fields.Contains(entry.Key))
                condition[entry.Key].Error($"unknown field \"{entry.Key}\"", NearMiss.Hint(entry.Key, fields), "FieldValueUnknown");
        }
        CommonRules.CheckRegex(condition["pathRegex"]);
        CheckStatus(condition["status"]);
        foreach (Cursor inner in condition["all"].Items)
            CheckCondition(inner, fields, depth + 1);
        foreach (Cursor inner in condition["any"].Items)
            CheckCondition(inner, fields, depth + 1);
        CheckCondition(condition["not"], fields, depth + 1);
    }

    private static void CheckStatus(Cursor status)
    {
        if (!status.Exists)
            return;
        if (status.Given("min", "max").Count == 0)
            status.Missing("the range of statuses has no end", "add min, max or both, from 100 to 599");
        if (status["min"].Integer is { } min && status["max"].Integer is { } max && min > max)
            status["max"].Error($"{max} is less than min, {min}", "swap them");
    }
}
