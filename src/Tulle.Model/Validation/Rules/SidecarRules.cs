namespace Tulle.Model.Validation.Rules;

/// <summary>Rules of Sidecar (istio.md §1.8, §5.1).</summary>
internal static class SidecarRules
{
    public static void Check(Cursor root)
    {
        Cursor spec = root["spec"];
        CommonRules.CheckSelector(spec["workloadSelector"]["labels"]);
        PortRules.Check([.. spec["ingress"].Items.Select(listener => listener["port"])]);
        IReadOnlyList<Cursor> egress = spec["egress"].Items;
        for (int i = 0; i < egress.Count; i++)
        {
            if (!egress[i]["port"].Exists && i < egress.Count - 1)
                egress[i].Error("a listener without port takes all that is left, so it must be the last", "move it to the end");
            if (egress[i]["hosts"].Count == 0)
                egress[i]["hosts"].Missing("there are no hosts", "add hosts, such as './*' for the own namespace");
            foreach (Cursor host in egress[i]["hosts"].Items)
            {
                if (host.Text is { } text && (text.Count(c => c == '/') != 1 || text.StartsWith('/') || text.EndsWith('/')))
                    host.Error($"\"{text}\" is not namespace/name", "write it like ./*, */* or shop/users.shop.svc.cluster.local");
            }
        }
    }
}
