using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas.Mesh.Istio;

/// <summary>DestinationRule: subsets of a service, and how to talk to it (istio.md §1.6).</summary>
internal static class DestinationRuleSchema
{
    private static readonly Schema s_subset = Shape.Object("A named part of the service's endpoints.",
        Text("name", "Name that routes refer to.").Required(),
        TextMap("labels", "Labels of the endpoints' pods, all of them. None select every endpoint."),
        Of("trafficPolicy", TrafficPolicySchema.Policy, "Settings for this subset; each block replaces the one above."));

    private static readonly Schema s_spec = Shape.Object("Subsets of a service and settings for the traffic to it.",
        Text("host", "Service name: short (resolved in this object's namespace), fully qualified, or with a wildcard in front.").Required(),
        Of("trafficPolicy", TrafficPolicySchema.Policy),
        List("subsets", "Named parts of the service, such as its versions.", s_subset),
        IstioKinds.ExportTo,
        IstioKinds.WorkloadSelector("workloadSelector", "Clients in the same namespace that the rule applies to; all by default."));

    public static ResourceKind Kind { get; } = new()
    {
        Group = IstioKinds.Networking,
        Versions = IstioKinds.NetworkingVersions,
        Kind = "DestinationRule",
        Plural = "destinationrules",
        ShortNames = ["dr"],
        Categories = IstioKinds.Categories,
        HasStatus = true,
        AcceptsSnakeCase = true,
        Schema = Shape.Resource("Subsets of a service and settings for the traffic to it, after routing.", s_spec, specRequired: true, status: IstioKinds.Status),
        Columns = [new Column("Host", ".spec.host")],
    };
}
