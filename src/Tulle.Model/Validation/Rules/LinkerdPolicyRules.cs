using Tulle.Model.Resources;

namespace Tulle.Model.Validation.Rules;

/// <summary>Rules of policy.linkerd.io (linkerd.md §2).</summary>
internal static class LinkerdPolicyRules
{
    private static readonly string[] s_targets = ["Server", "HTTPRoute", "GRPCRoute", "Namespace"];
    private static readonly string[] s_authentications = ["MeshTLSAuthentication", "NetworkAuthentication", "ServiceAccount"];

    public static void CheckAuthorizationPolicy(Cursor root)
    {
        Cursor spec = root["spec"];
        CheckKind(spec["targetRef"]["kind"], s_targets);
        var kinds = new HashSet<string>(StringComparer.Ordinal);
        foreach (Cursor reference in spec["requiredAuthenticationRefs"].Items)
        {
            CheckKind(reference["kind"], s_authentications);
            if (reference["kind"].Text is { } kind && !kinds.Add(kind))
                reference["kind"].Error($"there are two of kind {kind}", "keep one: a caller needs all of them", "FieldValueDuplicate");
        }
        if (kinds.Contains("MeshTLSAuthentication") && kinds.Contains("ServiceAccount"))
            spec["requiredAuthenticationRefs"].Error("MeshTLSAuthentication and ServiceAccount cannot both be asked for", "add the account to the MeshTLSAuthentication");
    }

    public static void CheckRateLimit(Cursor root)
    {
        Cursor spec = root["spec"];
        CheckKind(spec["targetRef"]["kind"], ["Server"]);
        if (spec["targetRef"]["namespace"].Text is { Length: > 0 } space && space != root["metadata"]["namespace"].Text)
            spec["targetRef"]["namespace"].Error("the Server is in the policy's own namespace", "remove it");
        if (spec.Given("total", "identity", "overrides").Count == 0)
            spec.Missing("nothing is limited", "add total or identity");
        foreach (Cursor client in spec["overrides"].Items.SelectMany(bound => bound["clientRefs"].Items))
            CheckKind(client["kind"], ["ServiceAccount"]);
        if (spec["total"]["requestsPerSecond"].Integer is not { } total)
            return;
        CheckRate(spec["identity"]["requestsPerSecond"], total);
        foreach (Cursor bound in spec["overrides"].Items)
            CheckRate(bound["requestsPerSecond"], total);
    }

    public static void CheckServer(Cursor root)
    {
        Cursor spec = root["spec"];
        if (spec["port"].Text is { } port && port.All(char.IsAsciiDigit) && PortRange.Parse(port) is null)
            spec["port"].Error($"\"{port}\" is not a port", "write a number from 1 to 65535, or the name of a container's port");
        if (spec.Given("podSelector", "externalWorkloadSelector").Count == 0)
            spec.Missing("it selects nothing", "add podSelector; podSelector: {} selects every pod of the namespace");
        spec.AtMostOne("podSelector", "externalWorkloadSelector");
        CommonRules.CheckSelector(spec["podSelector"]["matchLabels"]);
    }

    private static void CheckRate(Cursor rate, long total)
    {
        if (rate.Integer > total)
            rate.Error($"{rate.Integer} is more than the total of {total}", "write at most the total");
    }

    private static void CheckKind(Cursor kind, string[] known)
    {
        if (kind.Text is { } text && !known.Contains(text))
            kind.Error($"a {text} cannot stand here", $"write one of {string.Join(", ", known)}", "FieldValueNotSupported");
    }
}
