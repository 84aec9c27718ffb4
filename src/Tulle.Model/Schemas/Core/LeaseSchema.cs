using static Tulle.Model.Schemas.Core.CoreShapes;
using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas.Core;

internal static class LeaseSchema
{
    public static readonly ResourceKind Kind = new()
    {
        Group = "coordination.k8s.io",
        Versions = ["v1"],
        Kind = "Lease",
        Plural = "leases",
        Schema = Shape.Object("A claim that is held for a while, such as leadership.",
            Object("spec", "Who holds it.",
                Text("holderIdentity", "Its holder."),
                Count("leaseDurationSeconds", "Seconds it is held without renewal."),
                Time("acquireTime", "When it was taken."),
                Time("renewTime", "When it was last renewed."),
                Count("leaseTransitions", "How often it changed hands."),
                Text("strategy", "How the holder is chosen."),
                Text("preferredHolder", "Who should take it over."))),
    };
}
