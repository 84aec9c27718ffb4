namespace Tulle.Model.Validation.Rules;

/// <summary>Rules of what a policy of Istio applies to (istio.md §5.1).</summary>
internal static class TargetRules
{
    private static readonly string[] s_kinds = ["Service", "ServiceEntry", "Gateway", "GatewayClass"];

    public static void Check(Cursor spec)
    {
        spec.AtMostOne("selector", "targetRef", "targetRefs");
        CommonRules.CheckSelector(spec["selector"]["matchLabels"]);
        CheckTarget(spec["targetRef"]);
        foreach (Cursor target in spec["targetRefs"].Items)
            CheckTarget(target);
    }

    private static void CheckTarget(Cursor target)
    {
        if (!target.Exists)
            return;
        if (target["name"].Text is not { Length: > 0 })
            target.Missing("the target has no name", "add name");
        if (target["kind"].Text is { } kind && !s_kinds.Contains(kind))
            target["kind"].Error($"{kind} cannot be a target", $"write one of {string.Join(", ", s_kinds)}", "FieldValueNotSupported");
        if (target["namespace"].Text is { Length: > 0 })
            target["namespace"].Error("a target is in the policy's own namespace", "remove it");
    }
}
