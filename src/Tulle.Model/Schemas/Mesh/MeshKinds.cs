using Tulle.Model.Schemas.Mesh.Istio;
using Tulle.Model.Schemas.Mesh.Linkerd;
using Tulle.Model.Schemas.Mesh.Smi;

namespace Tulle.Model.Schemas.Mesh;

/// <summary>The kinds that configure a mesh: Istio's, Linkerd's, SMI's and the Gateway API's.</summary>
public static class MeshKinds
{
    public static IReadOnlyList<ResourceKind> All { get; } =
    [
        VirtualServiceSchema.Kind,
        DestinationRuleSchema.Kind,
        ServiceEntrySchema.Kind,
        WorkloadEntrySchema.Kind,
        WorkloadGroupSchema.Kind,
        GatewaySchema.Kind,
        SidecarSchema.Kind,
        ProxyConfigSchema.Kind,
        EnvoyFilterSchema.Kind,
        PeerAuthenticationSchema.Kind,
        Istio.AuthorizationPolicySchema.Kind,
        RequestAuthenticationSchema.Kind,
        TelemetrySchema.Kind,
        WasmPluginSchema.Kind,
        ServiceProfileSchema.Kind,
        ServerSchema.Kind,
        ServerAuthorizationSchema.Kind,
        Linkerd.AuthorizationPolicySchema.Kind,
        MeshTlsAuthenticationSchema.Kind,
        NetworkAuthenticationSchema.Kind,
        HttpRouteSchema.Kind,
        HttpLocalRateLimitPolicySchema.Kind,
        EgressNetworkSchema.Kind,
        TrafficSplitSchema.Kind,
        GatewayApi.HttpRouteSchema.Kind,
        GatewayApi.GrpcRouteSchema.Kind,
        GatewayApi.GatewaySchema.Kind,
        GatewayApi.GatewayClassSchema.Kind,
        GatewayApi.ReferenceGrantSchema.Kind,
    ];
}
