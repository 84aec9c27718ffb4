namespace Tulle.Model.Schemas.Mesh.Linkerd;

/// <summary>HTTPRoute of Linkerd: the Gateway API's, from before there was a stable one.</summary>
internal static class HttpRouteSchema
{
    public static ResourceKind Kind { get; } =
        PolicyKinds.Kind("HTTPRoute", "httproutes", ["v1beta3", "v1beta2", "v1beta1", "v1alpha1"], [], GatewayApi.HttpRouteSchema.Schema)
        with { HasStatus = true, Columns = [new Column("Hostnames", ".spec.hostnames")] };
}
