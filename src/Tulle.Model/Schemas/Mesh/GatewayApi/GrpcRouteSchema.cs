using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas.Mesh.GatewayApi;

/// <summary>GRPCRoute of the Gateway API.</summary>
internal static class GrpcRouteSchema
{
    private static readonly Schema s_match = Shape.Object("Conditions on a call, all of which must hold.",
        Object("method", "Service and method.",
            Choice("type", "How they are matched; Exact by default.", "Exact", "RegularExpression"),
            Text("service", "Service, with package."),
            Text("method", "Method.")),
        List("headers", "Metadata, regardless of the case of its names.", GatewayKinds.ValueMatch("header")));

    private static readonly Schema s_filter = Shape.Object("A step on the way of a call.",
        Choice("type", "What is done; the field of the same name says how.", "RequestHeaderModifier", "ResponseHeaderModifier", "RequestMirror", "ExtensionRef").Required(),
        Of("requestHeaderModifier", GatewayKinds.HeaderChanges),
        Of("responseHeaderModifier", GatewayKinds.HeaderChanges),
        Of("requestMirror", GatewayKinds.Mirror),
        Of("extensionRef", GatewayKinds.Reference));

    private static readonly Schema s_rule = Shape.Object("A rule.",
        Text("name", "Name of the rule."),
        List("matches", "Alternatives, one of which must hold; everything by default.", s_match),
        List("filters", "Steps, in order.", s_filter),
        List("backendRefs", "Where calls go, by weight.", GatewayKinds.Backend(
            Integer("weight", "Share of the calls; 1 by default.", 0, 1_000_000),
            List("filters", "Steps for this backend.", s_filter))),
        Of("sessionPersistence", GatewayKinds.SessionPersistence));

    public static ResourceKind Kind { get; } =
        GatewayKinds.Kind("GRPCRoute", "grpcroutes", ["v1", "v1alpha2"], "",
            Shape.Resource("Routes gRPC calls.", Shape.Object("Routes of gRPC calls.",
                GatewayKinds.ParentRefs,
                Text("useDefaultGateways", "Whether the route is attached to the default Gateways."),
                GatewayKinds.Hostnames,
                List("rules", "Rules; the most specific match decides.", s_rule)), specRequired: true, status: GatewayKinds.RouteStatus))
        with { Columns = [new Column("Hostnames", ".spec.hostnames")] };
}
