using System.Globalization;

namespace Tulle.Model.Validation.Rules;

/// <summary>Rules of PeerAuthentication (istio.md §5.1).</summary>
internal static class PeerAuthenticationRules
{
    public static void Check(Cursor root)
    {
        Cursor spec = root["spec"];
        Cursor labels = spec["selector"]["matchLabels"];
        CommonRules.CheckSelector(labels);
        Cursor ports = spec["portLevelMtls"];
        if (!ports.Exists)
            return;
        if (ports.Count == 0)
            ports.Error("there are no ports", "remove it, or add a port with its mode");
        if (labels.Count == 0)
            ports.Error("modes of ports need a selector", "add selector.matchLabels with the labels of the workload");
        foreach ((string port, Cursor value) in ports.Entries)
        {
            if (!int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number is < 1 or > 65535)
                value.Error($"\"{port}\" is not a port", "write the number of a workload port, from 1 to 65535");
        }
    }
}
