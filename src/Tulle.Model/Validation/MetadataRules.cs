using Tulle.Model.Schemas;

namespace Tulle.Model.Validation;

/// <summary>Rules for <c>metadata</c>, the same for every kind.</summary>
internal static class MetadataRules
{
    // Kubernetes: TotalAnnotationSizeLimitB.
    private const int MaxAnnotations = 256 * 1024;

    public static void Check(ResourceKind kind, Cursor metadata)
    {
        Cursor name = metadata["name"];
        if (name.Text is { } text)
            CheckName(kind, name, text);
        else if (metadata["generateName"].Text is not { Length: > 0 })
            name.Missing("every object needs a name", "add metadata.name");
        Cursor space = metadata["namespace"];
        if (space.Text is { Length: > 0 } @namespace && !Names.IsLabel(@namespace))
            space.Error($"\"{@namespace}\" is not a valid namespace", Names.Fault(NameFormat.Label, @namespace) ?? "");
        CheckLabels(metadata["labels"]);
        CheckAnnotations(metadata["annotations"]);
    }

    private static void CheckName(ResourceKind kind, Cursor name, string text)
    {
        if (text.Length == 0)
            name.Missing("every object needs a name", "add metadata.name");
        else if (Names.Fault(kind.NameFormat, text) is { } remedy)
            name.Error($"\"{text}\" is not a valid name for a {kind.Kind}", remedy);
    }

    /// <summary>Checks a map of labels, in metadata or in a selector.</summary>
    public static void CheckLabels(Cursor labels)
    {
        foreach ((string key, Cursor value) in labels.Entries)
        {
            if (!Names.IsLabelKey(key))
                value.Error($"\"{key}\" is not a valid label key", "use at most 63 letters, digits, '-', '_' and '.', after an optional DNS name and '/'");
            if (value.Text is { } text && !Names.IsLabelValue(text))
                value.Error($"\"{text}\" is not a valid label value", "use at most 63 letters, digits, '-', '_' and '.', starting and ending with a letter or digit");
        }
    }

    private static void CheckAnnotations(Cursor annotations)
    {
        long size = 0;
        foreach ((string key, Cursor value) in annotations.Entries)
        {
            size += key.Length + (value.Text?.Length ?? 0);
            // Unlike label keys, annotation keys are compared in lower case, so capitals in the prefix are admitted.
            int slash = key.IndexOf('/');
            if (!Names.IsLabelKey(slash < 0 ? key : key[..slash].ToLowerInvariant() + key[slash..]))
                value.Error($"\"{key}\" is not a valid annotation key", "use at most 63 letters, digits, '-', '_' and '.', after an optional DNS name and '/'");
        }
        if (size > MaxAnnotations)
            annotations.Error($"the annotations hold {size:N0} bytes, more than the {MaxAnnotations:N0} allowed", "keep the data in a ConfigMap");
    }
}
