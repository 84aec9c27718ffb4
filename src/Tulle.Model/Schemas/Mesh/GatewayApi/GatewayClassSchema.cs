using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas.Mesh.GatewayApi;

/// <summary>GatewayClass of the Gateway API.</summary>
internal static class GatewayClassSchema
{
    public static ResourceKind Kind { get; } =
        GatewayKinds.Kind("GatewayClass", "gatewayclasses", ["v1", "v1beta1"], "gc",
            Shape.Resource("A kind of Gateways and the controller behind it.", Shape.Object("A kind of Gateways.",
                Text("controllerName", "Controller, as domain/path.").Required(),
                Of("parametersRef", GatewayKinds.Reference),
                Text("description", "What it is for.")), specRequired: true, status: ConditionShapes.Status))
        with
        {
            Namespaced = false,
            Columns =
            [
                new Column("Controller", ".spec.controllerName"),
                new Column("Accepted", ".status.conditions[?(@.type==\"Accepted\")].status"),
                new Column("Description", ".spec.description", Priority: 1),
            ],
        };
}
