using Tulle.Model.Documents;

namespace Tulle.Model.Resources;

/// <summary>The Services whose requests a route of the Gateway API takes within a mesh: those among its <c>parentRefs</c> (GAMMA).</summary>
public static class RouteParents
{
    public static IReadOnlyList<(string Namespace, string Name)> Of(MappingNode obj)
    {
        string own = ObjectMeta.Decode(obj).Namespace;
        return [.. obj["spec"].GetList("parentRefs", parent => (
                Kind: parent.GetText("kind"), Namespace: parent.GetText("namespace") ?? own, Name: parent.GetText("name") ?? ""))
            .Where(parent => parent.Kind == "Service").Select(parent => (parent.Namespace, parent.Name))];
    }
}
