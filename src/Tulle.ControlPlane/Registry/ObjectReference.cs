using System.Text.Json;
using Tulle.Model.Resources;

namespace Tulle.ControlPlane.Registry;

/// <summary>An object, for people: <c>VirtualService default/users</c>.</summary>
/// <param name="Kind">As in YAML.</param>
/// <param name="Namespace">Empty when it is in none.</param>
/// <param name="Name">Its name.</param>
internal sealed record ObjectReference(string Kind, string Namespace, string Name)
{
    public static ObjectReference Of(string kind, ObjectMeta meta) => new(kind, meta.Namespace, meta.Name);

    /// <summary>The object that a route's name starts with, <c>kind/namespace/name[#rule]</c>; null when it starts with none.</summary>
    public static ObjectReference? OfRoute(string route)
    {
        int rule = route.IndexOf('#', StringComparison.Ordinal);
        string[] parts = (rule < 0 ? route : route[..rule]).Split('/');
        return parts is [var kind, var ns, var name] ? new ObjectReference(kind, ns, name) : null;
    }

    public void WriteTo(Utf8JsonWriter json, string property)
    {
        json.WriteStartObject(property);
        json.WriteString("kind", Kind);
        json.WriteString("namespace", Namespace);
        json.WriteString("name", Name);
        json.WriteEndObject();
    }

    public override string ToString() => Namespace.Length == 0 ? $"{Kind} {Name}" : $"{Kind} {Namespace}/{Name}";
}
