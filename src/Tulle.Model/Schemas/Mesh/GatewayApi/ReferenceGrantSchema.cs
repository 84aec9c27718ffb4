using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas.Mesh.GatewayApi;

/// <summary>ReferenceGrant of the Gateway API.</summary>
internal static class ReferenceGrantSchema
{
    public static ResourceKind Kind { get; } =
        GatewayKinds.Kind("ReferenceGrant", "referencegrants", ["v1beta1", "v1alpha2"], "refgrant",
            Shape.Resource("Lets objects of other namespaces refer to objects of this one.", Shape.Object("Who may refer to what.",
                List("from", "Who refers.", Shape.Object("A kind of objects in a namespace.",
                    Text("group", "API group; empty for core.").Required(),
                    Text("kind", "Kind.").Required(),
                    Text("namespace", "Namespace.").Required())).Required(),
                List("to", "What is referred to.", Shape.Object("A kind of objects in this namespace, or one of them.",
                    Text("group", "API group; empty for core.").Required(),
                    Text("kind", "Kind.").Required(),
                    Text("name", "Name; every object by default."))).Required()), specRequired: true))
        with { HasStatus = false };
}
