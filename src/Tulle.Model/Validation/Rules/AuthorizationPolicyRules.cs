using System.Globalization;

namespace Tulle.Model.Validation.Rules;

/// <summary>Rules of Istio's AuthorizationPolicy (istio.md §1.10, §5.1).</summary>
internal static class AuthorizationPolicyRules
{
    private static readonly string[] s_keys =
    [
        "source.ip", "remote.ip", "source.namespace", "source.serviceAccount", "source.trustDomain", "source.principal", "request.auth.principal",
        "request.auth.audiences", "request.auth.presenter", "destination.ip", "destination.port", "connection.sni",
    ];

    private static readonly string[] s_mapKeys = ["request.headers[", "request.auth.claims[", "experimental.envoy.filters."];

    public static void Check(Cursor root)
    {
        Cursor spec = root["spec"];
        TargetRules.Check(spec);
        string action = spec["action"].Text ?? "ALLOW";
        if (action == "CUSTOM" && spec["provider"]["name"].Text is not { Length: > 0 })
            spec.Missing("action CUSTOM needs a provider that decides", "add provider.name");
        if (action != "CUSTOM" && spec["provider"].Exists)
            spec["provider"].Error($"has no meaning for action {action}", "remove it, or write action CUSTOM");
        if (action != "ALLOW" && spec["rules"].Count == 0)
            spec["rules"].Missing($"a {action} policy without rules never applies", "add a rule; '- {}' stands for every request");
        foreach (Cursor rule in spec["rules"].Items)
            CheckRule(rule);
    }

    private static void CheckRule(Cursor rule)
    {
        foreach (string list in rule.Given("from", "to", "when"))
        {
            if (rule[list].Count == 0)
                rule[list].Error("is empty", "remove it, or add an element");
        }
        foreach (Cursor from in rule["from"].Items)
            CheckSource(from["source"]);
        foreach (Cursor to in rule["to"].Items)
            CheckOperation(to["operation"]);
        foreach (Cursor condition in rule["when"].Items)
            CheckCondition(condition);
    }

    private static void CheckSource(Cursor source)
    {
        if (!source.Exists || source.Count == 0)
            source.Missing("the source names nobody", "add principals, namespaces, serviceAccounts or ipBlocks");
        CheckValues(source);
        foreach (string field in source.Given("ipBlocks", "notIpBlocks", "remoteIpBlocks", "notRemoteIpBlocks"))
        {
            foreach (Cursor block in source[field].Items)
            {
                if (block.Text is { Length: > 0 } text && !Addresses.IsAddressOrRange(text))
                    block.Error($"\"{text}\" is not an address or a range", "write it like 10.0.0.7 or 10.0.0.0/8");
            }
        }
        foreach (string field in source.Given("serviceAccounts", "notServiceAccounts"))
        {
            if (source[field].Count > 16)
                source[field].Error("holds more than 16 service accounts", "write several sources");
            foreach (Cursor account in source[field].Items.Where(item => item.Text?.Contains('*') ?? false))
                account.Error("service accounts cannot have wildcards", "write name or namespace/name");
        }
        if (source.Given("serviceAccounts", "notServiceAccounts").Count > 0)
        {
            foreach (string field in source.Given("principals", "notPrincipals", "namespaces", "notNamespaces"))
                source[field].Error("cannot stand beside service accounts, which name a namespace already", "write several sources");
        }
    }

    private static void CheckOperation(Cursor operation)
    {
        if (!operation.Exists || operation.Count == 0)
            operation.Missing("the operation names nothing", "add hosts, ports, methods or paths");
        CheckValues(operation);
        foreach (string field in operation.Given("ports", "notPorts"))
        {
            foreach (Cursor port in operation[field].Items)
            {
                if (port.Text is { Length: > 0 } text && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number is < 1 or > 65535))
                    port.Error($"\"{text}\" is not a port", "write a number from 1 to 65535, in quotes");
            }
        }
    }

    private static void CheckValues(Cursor lists)
    {
        foreach ((string name, Cursor _) in lists.Entries)
        {
            Cursor list = lists[name];
            if (list.Exists && list.Count == 0)
                list.Error("is empty", "remove it, or add a value");
            foreach (Cursor value in list.Items)
            {
                if (value.Text is "")
                    value.Error("is empty", "write a value; '*' stands for any that is there");
            }
        }
    }

    private static void CheckCondition(Cursor condition)
    {
        if (condition.Given("values", "notValues").Count == 0)
            condition.Missing("the condition has no values", "add values or notValues");
        Cursor key = condition["key"];
        if (key.Text is not { } text || s_keys.Contains(text) || s_mapKeys.Any(start => text.StartsWith(start, StringComparison.Ordinal) && text.EndsWith(']')))
            return;
        // istio.md §1.1: keys of older releases, which today's refuse.
        string remedy = text switch
        {
            "destination.labels" or "destination.name" or "destination.namespace" or "destination.service" or "destination.user" => "select the workload with selector instead",
            "source.user" => "write source.principal",
            _ => NearMiss.Hint(text, s_keys) is { Length: > 0 } hint ? hint : $"write one of {string.Join(", ", s_keys)}, request.headers[NAME], request.auth.claims[NAME]",
        };
        key.Error($"\"{text}\" is not an attribute", remedy, "FieldValueNotSupported");
    }
}
