using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas.Mesh.Linkerd;

/// <summary>EgressNetwork: traffic that leaves the cluster.</summary>
internal static class EgressNetworkSchema
{
    public static ResourceKind Kind { get; } =
        PolicyKinds.Kind("EgressNetwork", "egressnetworks", ["v1alpha1"], [],
            Shape.Resource("Traffic that leaves the cluster.", Shape.Object("Traffic that leaves the cluster.",
                PolicyKinds.Networks,
                Choice("trafficPolicy", "What happens to it when no route applies.", "Allow", "Deny").Required()), specRequired: true, status: ConditionShapes.Status))
        with { HasStatus = true, Columns = [new Column("Policy", ".spec.trafficPolicy")] };
}
