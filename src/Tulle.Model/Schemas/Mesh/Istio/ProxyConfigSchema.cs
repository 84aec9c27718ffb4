using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas.Mesh.Istio;

/// <summary>ProxyConfig: settings of sidecars (istio.md §1.11).</summary>
internal static class ProxyConfigSchema
{
    public static ResourceKind Kind { get; } =
        IstioKinds.NotYet(IstioKinds.Networking, ["v1beta1"], "ProxyConfig", "proxyconfigs", "",
            Shape.Resource("Settings of the sidecars of some workloads.", Shape.Object("Settings of sidecars.",
                IstioKinds.WorkloadSelector("selector", "Workloads that it applies to; all of the namespace by default."),
                Integer("concurrency", "Worker threads; as many as cores by default.", 0),
                TextMap("environmentVariables", "Environment variables of the proxy."),
                Object("image", "Image of the proxy.", Text("imageType", "Variant: default, debug or distroless."))), status: IstioKinds.Status));
}
