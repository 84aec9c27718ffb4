namespace Tulle.Model.Validation.Rules;

/// <summary>Rules of VirtualService (istio.md §5.1).</summary>
internal static class VirtualServiceRules
{
    private const int MaxCompared = 500;

    public static void Check(Cursor root)
    {
        Cursor spec = root["spec"];
        RouteLimitRules.Check(root);
        CheckHosts(spec);
        CheckGateways(spec["gateways"]);
        CommonRules.CheckExportTo(spec["exportTo"]);
        if (spec.Given("http", "tls", "tcp").Count == 0)
            spec.Missing("there are no rules", "add http with at least one route");
        bool everythingMatched = false;
        foreach (Cursor rule in spec["http"].Items)
        {
            if (everythingMatched)
                rule.Warn("the rule is never reached: the one before it matches every request", "move it up, or give the earlier rule a match", "FieldUnreachable");
            HttpRuleRules.Check(rule);
            everythingMatched |= rule["match"].Count == 0;
        }
        ConnectionRuleRules.Check(spec);
    }

    private static void CheckHosts(Cursor spec)
    {
        Cursor hosts = spec["hosts"];
        if (hosts.Count == 0)
        {
            if (spec.Given("gateways", "tls", "tcp").Count > 0)
                hosts.Missing("there are no hosts", "add hosts: the names that requests are sent to");
            foreach (Cursor rule in spec["http"].Items)
            {
                if (rule["delegate"].Exists)
                    rule["delegate"].Error("a VirtualService without hosts is a delegate itself, and delegates do not delegate further", "write the rules here, or add hosts");
            }
            return;
        }
        bool mesh = !spec["gateways"].Exists || spec["gateways"].Items.Any(item => item.Text == "mesh");
        var seen = new List<string>();
        foreach (Cursor host in hosts.Items)
        {
            if (!CommonRules.CheckHost(host, wildcard: true) || host.Text is not { } text)
                continue;
            if (text == "*" && mesh)
                host.Error("'*' cannot be routed by sidecars", "write the names of services, or bind it to gateways only");
            // Quadratic, so bounded: nobody reads a list this long, but anybody may send one.
            if (seen.Count < MaxCompared && seen.Find(other => Hosts.Covers(other, text) || Hosts.Covers(text, other)) is { } rival)
                host.Error($"{text} overlaps with {rival}", "keep one of them");
            seen.Add(text);
        }
    }

    private static void CheckGateways(Cursor gateways)
    {
        bool mesh = false;
        bool others = false;
        foreach (Cursor gateway in gateways.Items)
        {
            mesh |= gateway.Text == "mesh";
            others |= gateway.Text is not (null or "mesh");
            if (gateway.Text is "")
                gateway.Error("the name of a gateway is empty", "write NAME or NAMESPACE/NAME, or mesh for all sidecars");
        }
        if (others)
            gateways.NotApplied(mesh
                ? "accepted, but only 'mesh' has an effect yet in this version of Tulle"
                : "accepted, but gateways have no effect yet in this version of Tulle; sidecars apply the routes only if 'mesh' is listed too");
    }
}
