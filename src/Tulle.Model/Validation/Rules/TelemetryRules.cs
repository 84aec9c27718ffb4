using System.Text;
using Tulle.Model.Resources;

namespace Tulle.Model.Validation.Rules;

/// <summary>Rules of Telemetry (istio.md §5.1).</summary>
internal static class TelemetryRules
{
    public static void Check(Cursor root)
    {
        Cursor spec = root["spec"];
        TargetRules.Check(spec);
        foreach (Cursor tracing in spec["tracing"].Items)
        {
            foreach (Cursor provider in tracing["providers"].Items)
                provider["name"].NotApplied("accepted, but providers have no effect: spans go to the control plane, which exports them to --otlp-endpoint");
            if (tracing["customTags"].Count > CustomTag.MaxCount)
                tracing["customTags"].NotApplied($"accepted, but only the first {CustomTag.MaxCount} tags by name are added to spans");
            foreach ((string name, Cursor tag) in tracing["customTags"].Entries)
            {
                if (name.Length == 0)
                    tag.Error("the name of a tag is empty", "write its name");
                if (tag.Given("literal", "environment", "header", "formatter").Count == 0)
                    tag.Missing("the tag has no value", "add literal, environment or header");
                tag.AtMostOne("literal", "environment", "header", "formatter");
                foreach (Cursor value in (ReadOnlySpan<Cursor>)[tag["literal"]["value"], tag["header"]["defaultValue"]])
                {
                    if (Encoding.UTF8.GetByteCount(name) > CustomTag.MaxBytes || Encoding.UTF8.GetByteCount(value.Text ?? "") > CustomTag.MaxBytes)
                        value.NotApplied($"accepted, but a tag whose name or value is longer than {CustomTag.MaxBytes} bytes is left out");
                }
            }
        }
        foreach (Cursor provider in spec["accessLogging"].Items.SelectMany(logging => logging["providers"].Items))
        {
            if (provider["name"].Text is { } name && !AccessLogging.Providers.Contains(name))
                provider["name"].NotApplied($"accepted, but provider {name} has no effect: access logs are written to the proxy's standard output, by {string.Join(" or ", AccessLogging.Providers)}");
        }
        foreach (Cursor metrics in spec["metrics"].Items)
        {
            foreach (Cursor change in metrics["overrides"].Items)
            {
                change["match"].AtMostOne("metric", "customMetric");
                foreach ((string _, Cursor tag) in change["tagOverrides"].Entries)
                    CheckTag(tag);
            }
        }
    }

    private static void CheckTag(Cursor tag)
    {
        bool remove = tag["operation"].Text == "REMOVE";
        if (remove && tag["value"].Exists)
            tag["value"].Error("a tag that is removed has no value", "remove it, or write operation UPSERT");
        else if (!remove && tag["value"].Text is not { Length: > 0 })
            tag.Missing("the tag has no value", "add value, or write operation REMOVE");
    }
}
