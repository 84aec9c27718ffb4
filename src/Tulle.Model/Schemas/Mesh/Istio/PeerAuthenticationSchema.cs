using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas.Mesh.Istio;

/// <summary>PeerAuthentication: whether workloads ask for mutual TLS (istio.md §1.10).</summary>
internal static class PeerAuthenticationSchema
{
    private static readonly Schema s_mtls = Shape.Object("Mutual TLS.",
        Choice("mode", "UNSET inherits; DISABLE takes plaintext only; PERMISSIVE takes both; STRICT takes mutual TLS only.", "UNSET", "DISABLE", "PERMISSIVE", "STRICT"));

    private static readonly Schema s_spec = Shape.Object("Whether workloads ask for mutual TLS.",
        IstioKinds.WorkloadSelector("selector", "Workloads that the policy applies to. Without one it holds for the namespace, or in the root namespace for the mesh."),
        Of("mtls", s_mtls, "Mode of all ports; inherited when not given."),
        Map("portLevelMtls", "Mode of single workload ports (not service ports), by port number. Needs a selector.", s_mtls));

    public static ResourceKind Kind { get; } = new()
    {
        Group = IstioKinds.Security,
        Versions = IstioKinds.SecurityVersions,
        Kind = "PeerAuthentication",
        Plural = "peerauthentications",
        ShortNames = ["pa"],
        Categories = [.. IstioKinds.Categories, "security-istio-io"],
        HasStatus = true,
        AcceptsSnakeCase = true,
        Schema = Shape.Resource("Whether workloads accept plaintext, mutual TLS, or both.", s_spec, status: IstioKinds.Status),
        Columns = [new Column("Mode", ".spec.mtls.mode")],
    };
}
