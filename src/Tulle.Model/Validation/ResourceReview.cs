using Tulle.Model.Documents;
using Tulle.Model.Findings;
using Tulle.Model.Schemas;

namespace Tulle.Model.Validation;

/// <summary>Everything that can be said of one object by itself: its kind, its schema, its metadata and its kind's own rules.</summary>
public static class ResourceReview
{
    /// <summary>Reviews an object by the kind that it names. A kind that is not known is an error.</summary>
    public static IReadOnlyList<Finding> Review(MappingNode obj, UnknownFields unknown = UnknownFields.Error)
    {
        (ResourceKind? kind, Finding? fault) = KindLookup.Find(obj);
        return kind is null ? [fault!] : Review(kind, obj, unknown);
    }

    /// <summary>Reviews an object of a known kind.</summary>
    public static IReadOnlyList<Finding> Review(ResourceKind kind, MappingNode obj, UnknownFields unknown = UnknownFields.Error)
    {
        IReadOnlyList<Finding> form = SchemaCheck.Check(kind, obj, unknown);
        // Rules about values that have the wrong form would only repeat what was said.
        if (form.Any(finding => finding.Severity == Severity.Error && finding.Reason != "FieldValueUnknown"))
            return form;
        return [.. form, .. CheckRules(kind, obj)];
    }

    /// <summary>Only the rules beyond the schema: metadata syntax and the kind's own. For callers that did the <see cref="SchemaCheck"/> themselves.</summary>
    public static IReadOnlyList<Finding> CheckRules(ResourceKind kind, MappingNode obj)
    {
        var findings = new FindingList();
        var root = new Cursor(FieldNames.Normalize(kind, obj), findings);
        MetadataRules.Check(kind, root["metadata"]);
        KindRules.Find(kind)?.Invoke(root);
        return findings.Items;
    }
}
