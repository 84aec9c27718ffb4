using Tulle.Model.Findings;

namespace Tulle.Model.Documents;

/// <summary>The <c>List</c> kind: several objects in one document, as <c>kubectl get -o yaml</c> prints them.</summary>
internal static class ResourceList
{
    public static void Unwrap(Node root, List<MappingNode> objects, List<Finding> findings)
    {
        if (root is not MappingNode mapping)
        {
            findings.Add(new Finding(Severity.Error, "", $"a document must be an object with apiVersion and kind; found {root.Describe()}",
                "start it with 'apiVersion:' and 'kind:'", root.Location, "FieldValueTypeInvalid"));
            return;
        }
        if (mapping.Text("kind") is not { } kind || !kind.EndsWith("List", StringComparison.Ordinal) || mapping["items"] is not SequenceNode items)
        {
            objects.Add(mapping);
            return;
        }
        foreach (Node item in items.Items)
            Unwrap(item, objects, findings);
    }
}
