using Tulle.Model.Resources;

namespace Tulle.Model.Validation.Rules;

/// <summary>Rules of the annotations that bound the requests of a VirtualService's rules.</summary>
internal static class RouteLimitRules
{
    private const string Family = "tulle.dev/";

    public static void Check(Cursor root)
    {
        Cursor annotations = root["metadata"]["annotations"];
        string[] rules = [.. root["spec"]["http"].Items.Select(rule => rule["name"].Text ?? "").Where(name => name.Length > 0)];
        foreach ((string key, Cursor value) in annotations.Entries)
        {
            if (!key.StartsWith(Family, StringComparison.Ordinal))
                continue;
            int dot = key.IndexOf('.', Family.Length);
            string annotation = dot < 0 ? key : key[..dot];
            string rule = dot < 0 ? "" : key[(dot + 1)..];
            if (!AnnotatedLimits.Annotations.Contains(annotation))
            {
                if (NearMiss.Find(annotation, AnnotatedLimits.Annotations) is { } near)
                    value.Error($"there is no annotation {annotation}", $"did you mean \"{near}\"?", "FieldValueUnknown");
                continue;
            }
            if (dot >= 0 && !rules.Contains(rule))
                value.Error($"there is no rule named \"{rule}\"", NearMiss.Find(rule, rules) is { } name ? $"did you mean \"{name}\"?" : "name it in spec.http[].name, or leave the name out for every rule");
            CheckValue(annotations, annotation, key[annotation.Length..], value);
        }
    }

    private static void CheckValue(Cursor annotations, string annotation, string suffix, Cursor value)
    {
        string text = value.Text ?? "";
        switch (annotation)
        {
            case AnnotatedLimits.RateAnnotation when AnnotationValues.Number(text) is null:
                value.Error($"\"{text}\" is not a rate", "write requests per second, such as 100 or 0.5; 0 is no limit");
                break;
            case AnnotatedLimits.BurstAnnotation when AnnotationValues.Count(text) is null or 0:
                value.Error($"\"{text}\" is not a number of requests", "write a whole number of at least 1");
                break;
            case AnnotatedLimits.BurstAnnotation when !annotations[AnnotatedLimits.RateAnnotation + suffix].Exists:
                value.Error("there is no rate beside it", $"add the annotation {AnnotatedLimits.RateAnnotation}{suffix}");
                break;
            case AnnotatedLimits.StreamTimeoutAnnotation when AnnotationValues.Duration(text) is null:
                value.Error($"\"{text}\" is not a time", "write a whole number with one unit of ms, s, m, h or d, such as 30m; 0 is none");
                break;
        }
    }
}
