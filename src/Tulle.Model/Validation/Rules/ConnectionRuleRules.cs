using System.Net;

namespace Tulle.Model.Validation.Rules;

/// <summary>Rules of a VirtualService's tls and tcp (istio.md §1.3, §5.1).</summary>
internal static class ConnectionRuleRules
{
    public static void Check(Cursor spec)
    {
        string[] hosts = [.. spec["hosts"].Items.Select(host => host.Text).OfType<string>()];
        foreach (Cursor rule in spec["tls"].Items)
        {
            if (rule["match"].Exists && rule["match"].Count == 0)
                rule["match"].Missing("a rule for TLS connections needs a match", "add a match with sniHosts");
            foreach (Cursor match in rule["match"].Items)
                CheckServerNames(match["sniHosts"], hosts);
            CheckRule(rule);
        }
        bool everythingMatched = false;
        foreach (Cursor rule in spec["tcp"].Items)
        {
            if (everythingMatched)
                rule.Warn("the rule is never reached: the one before it matches every connection", "move it up, or give the earlier rule a match", "FieldUnreachable");
            CheckRule(rule);
            everythingMatched |= rule["match"].Count == 0;
        }
    }

    private static void CheckServerNames(Cursor names, string[] hosts)
    {
        if (names.Exists && names.Count == 0)
            names.Missing("there is no server name", "add the names that clients ask for, such as www.example.com");
        foreach (Cursor name in names.Items)
        {
            if (!CommonRules.CheckHost(name, wildcard: true) || name.Text is not { } text)
                continue;
            if (!hosts.Any(host => Hosts.Covers(host, text)))
                name.Error($"{text} is not covered by spec.hosts", $"add it to spec.hosts, or write one of them: {string.Join(", ", hosts)}");
        }
    }

    private static void CheckRule(Cursor rule)
    {
        foreach (Cursor match in rule["match"].Items)
        {
            foreach (Cursor subnet in match["destinationSubnets"].Items)
            {
                if (subnet.Text is { } text && !IPNetwork.TryParse(text, out _) && !IPAddress.TryParse(text, out _))
                    subnet.Error($"\"{text}\" is not a range of addresses", "write one such as 10.0.0.0/8, with no bits set behind the prefix");
            }
        }
        HttpRuleRules.CheckRoute(rule["route"]);
    }
}
