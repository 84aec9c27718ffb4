using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas.Mesh.Smi;

/// <summary>TrafficSplit: shares of a service's traffic for several services.</summary>
internal static class TrafficSplitSchema
{
    private static readonly Schema s_backend = Shape.Object("A service and its share.",
        Text("service", "Name of the service, in the same namespace.").Required(),
        // v1alpha1 had quantities (500m, "1"), later versions whole numbers; both are read in every version.
        new Field("weight", new Schema { Type = SchemaType.IntegerOrString, Format = "quantity", Description = "Share of the traffic: weight divided by the sum of the weights." }).Required());

    private static readonly Schema s_spec = Shape.Object("How the traffic to a service is shared.",
        Text("service", "Root service that clients address.").Required(),
        List("backends", "Services that the traffic goes to.", s_backend).Required(),
        List("matches", "HTTPRouteGroups (v1alpha3 and later) that restrict the split to some requests.", Shape.Object("A group of routes.",
            Text("apiGroup", "API group: specs.smi-spec.io."),
            Text("kind", "Kind: HTTPRouteGroup.").Required(),
            Text("name", "Name of the group.").Required())).NotYet());

    public static ResourceKind Kind { get; } = new()
    {
        Group = "split.smi-spec.io",
        Versions = ["v1alpha4", "v1alpha3", "v1alpha2", "v1alpha1"],
        Kind = "TrafficSplit",
        Plural = "trafficsplits",
        ShortNames = ["ts"],
        Schema = Shape.Resource("Shares the traffic to a root service among backend services.", s_spec, specRequired: true),
        Columns = [new Column("Service", ".spec.service")],
    };
}
