using System.Globalization;
using System.Text.Json.Nodes;

namespace Tulle.ApiServer.Objects;

/// <summary>The metadata every object has, read from and written to its JSON.</summary>
internal static class ObjectMeta
{
    public static JsonObject Metadata(this JsonObject value) => value.Ensure("metadata");

    public static string Name(this JsonObject value) => value.Text("metadata", "name") ?? "";

    public static string Namespace(this JsonObject value) => value.Text("metadata", "namespace") ?? "";

    public static string Uid(this JsonObject value) => value.Text("metadata", "uid") ?? "";

    public static string ResourceVersion(this JsonObject value) => value.Text("metadata", "resourceVersion") ?? "";

    public static bool IsDeleting(this JsonObject value) => value.Text("metadata", "deletionTimestamp") is { Length: > 0 };

    public static bool HasFinalizers(this JsonObject value) => value.List("metadata", "finalizers") is { Count: > 0 };

    /// <summary>UIDs of the objects that own this one.</summary>
    public static IReadOnlyList<string> OwnerUids(this JsonObject value) =>
        [.. value.Objects("metadata", "ownerReferences").Select(owner => owner.Text("uid")).OfType<string>()];

    /// <summary>Time as the API writes it: RFC 3339 in UTC, whole seconds.</summary>
    public static string Timestamp(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
