namespace Tulle.Model.Validation.Rules;

/// <summary>Rules of DestinationRule (istio.md §5.1).</summary>
internal static class DestinationRuleRules
{
    public static void Check(Cursor root)
    {
        Cursor spec = root["spec"];
        CommonRules.CheckHost(spec["host"], wildcard: true);
        TrafficPolicyRules.Check(spec["trafficPolicy"]);
        CommonRules.CheckExportTo(spec["exportTo"]);
        CommonRules.CheckSelector(spec["workloadSelector"]["matchLabels"]);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (Cursor subset in spec["subsets"].Items)
            CheckSubset(subset, names);
    }

    private static void CheckSubset(Cursor subset, HashSet<string> names)
    {
        Cursor name = subset["name"];
        if (name.Text is { } text)
        {
            if (!Names.IsLabel(text.ToLowerInvariant()))
                name.Error($"\"{text}\" cannot be the name of a subset", "use at most 63 letters, digits and '-'");
            else if (!names.Add(text))
                name.Error($"there are two subsets {text}", "give them different names", "FieldValueDuplicate");
        }
        if (subset["labels"].Count == 0)
            subset.Warn("without labels the subset selects every endpoint", "add the labels of its pods, such as version: v2");
        MetadataRules.CheckLabels(subset["labels"]);
        TrafficPolicyRules.Check(subset["trafficPolicy"]);
    }
}
