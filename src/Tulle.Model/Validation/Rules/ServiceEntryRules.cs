namespace Tulle.Model.Validation.Rules;

/// <summary>Rules of ServiceEntry (istio.md §1.7, §5.1).</summary>
internal static class ServiceEntryRules
{
    public static void Check(Cursor root)
    {
        Cursor spec = root["spec"];
        if (spec["hosts"].Count == 0)
            spec["hosts"].Missing("there are no hosts", "add the name of the service");
        foreach (Cursor host in spec["hosts"].Items)
        {
            if (host.Text == "*")
                host.Error("'*' would take in every name", "write a name, or a wildcard such as *.example.com");
            else
                CommonRules.CheckHost(host, wildcard: true);
        }
        foreach (Cursor address in spec["addresses"].Items)
        {
            if (address.Text is { } text && !Addresses.IsAddressOrRange(text))
                address.Error($"\"{text}\" is not an address or a range", "write it like 10.0.0.7 or 10.0.0.0/8");
        }
        PortRules.Check(spec["ports"].Items);
        spec.AtMostOne("endpoints", "workloadSelector");
        CheckEndpoints(spec);
        CommonRules.CheckExportTo(spec["exportTo"]);
    }

    private static void CheckEndpoints(Cursor spec)
    {
        Cursor endpoints = spec["endpoints"];
        switch (spec["resolution"].Text ?? "NONE")
        {
            case "NONE" when endpoints.Count > 0:
                endpoints.Error("resolution NONE sends to the address that the client asked for, so endpoints are never used", "write resolution STATIC or DNS, or remove them");
                break;
            case "DNS_ROUND_ROBIN" when endpoints.Count > 1:
                endpoints.Error("resolution DNS_ROUND_ROBIN has one endpoint at most", "keep one, or write resolution DNS");
                break;
            case "STATIC":
                foreach (Cursor endpoint in endpoints.Items)
                {
                    Cursor address = endpoint["address"];
                    if (address.Text is { Length: > 0 } text && !Addresses.IsAddress(text) && !text.StartsWith("unix://", StringComparison.Ordinal))
                        address.Error($"\"{text}\" is not an IP address, which resolution STATIC needs", "write an IP address, or resolution DNS");
                }
                break;
        }
    }
}
