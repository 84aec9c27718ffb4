using static Tulle.Model.Schemas.Core.CoreShapes;
using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas.Core;

internal static class NodeSchema
{
    public static readonly ResourceKind Kind = new()
    {
        Group = "",
        Versions = ["v1"],
        Kind = "Node",
        Plural = "nodes",
        ShortNames = ["no"],
        Namespaced = false,
        HasStatus = true,
        Schema = Shape.Object("A machine that runs pods.",
            Object("spec", "How the node is used.",
                Text("podCIDR", "Addresses of its pods."),
                Texts("podCIDRs", "Addresses of its pods."),
                Text("providerID", "Its identity at its provider."),
                Flag("unschedulable", "Whether it takes no new pods."),
                Keyed("taints", "key", "What keeps pods away.", Shape.Any())),
            new Field("status", Shape.Object("How the node is.",
                Keyed("addresses", "type", "Where it is reached.", Shape.Object("An address.", Text("type", "What it is.").Required(), Text("address", "The address.").Required())),
                CoreShapes.Resources("capacity", "All its resources."),
                CoreShapes.Resources("allocatable", "Resources for pods."),
                Conditions,
                Any("nodeInfo", "Versions of its system."),
                Text("phase", "Not used any more.")) with { PreserveUnknown = true })),
    };
}
