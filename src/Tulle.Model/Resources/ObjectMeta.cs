using System.Globalization;
using Tulle.Model.Documents;

namespace Tulle.Model.Resources;

/// <summary>The metadata of an object.</summary>
public sealed record ObjectMeta
{
    public required string Name { get; init; }

    /// <summary>Empty for objects that are not in a namespace.</summary>
    public string Namespace { get; init; } = "";

    public string Uid { get; init; } = "";

    public string ResourceVersion { get; init; } = "";

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<OwnerReference> OwnerReferences { get; init; } = [];

    /// <summary><see cref="DateTimeOffset.MinValue"/> when the object has none yet.</summary>
    public DateTimeOffset CreationTimestamp { get; init; }

    /// <summary>Set while the object is being deleted.</summary>
    public DateTimeOffset? DeletionTimestamp { get; init; }

    /// <summary>The owner that manages the object; null when there is none.</summary>
    public OwnerReference? Controller => OwnerReferences.FirstOrDefault(owner => owner.Controller);

    /// <summary>Reads <c>metadata</c> of an object.</summary>
    public static ObjectMeta Decode(MappingNode obj)
    {
        Node? metadata = obj["metadata"];
        return new ObjectMeta
        {
            Name = metadata.GetText("name") ?? "",
            Namespace = metadata.GetText("namespace") ?? "",
            Uid = metadata.GetText("uid") ?? "",
            ResourceVersion = metadata.GetText("resourceVersion") ?? "",
            Labels = metadata.GetTextMap("labels"),
            Annotations = metadata.GetTextMap("annotations"),
            OwnerReferences = metadata.GetList("ownerReferences", OwnerReference.Decode),
            CreationTimestamp = Time(metadata, "creationTimestamp") ?? DateTimeOffset.MinValue,
            DeletionTimestamp = Time(metadata, "deletionTimestamp"),
        };
    }

    /// <summary>The oldest object first; names break ties. Dialects that let the oldest object win order by this.</summary>
    public static int CompareAge(ObjectMeta a, ObjectMeta b)
    {
        int byTime = a.CreationTimestamp.CompareTo(b.CreationTimestamp);
        if (byTime != 0)
            return byTime;
        int byNamespace = string.CompareOrdinal(a.Namespace, b.Namespace);
        return byNamespace != 0 ? byNamespace : string.CompareOrdinal(a.Name, b.Name);
    }

    public override string ToString() => Namespace.Length == 0 ? Name : $"{Namespace}/{Name}";

    private static DateTimeOffset? Time(Node? metadata, string key) =>
        DateTimeOffset.TryParse(metadata.GetText(key), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : null;
}
