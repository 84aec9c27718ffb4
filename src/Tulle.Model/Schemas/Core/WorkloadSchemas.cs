using static Tulle.Model.Schemas.Core.CoreShapes;
using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas.Core;

/// <summary>The kinds of the apps group.</summary>
internal static class WorkloadSchemas
{
    private static readonly Field Replicas = Count("replicas", "How many pods are wanted; 1 when left out.");
    private static readonly Field Selector = Of("selector", LabelSelector, "Which pods are its own; must match the template's labels.").Required();
    private static readonly Field Template = Of("template", PodTemplate).Required();
    private static readonly Field MinReady = Count("minReadySeconds", "Seconds a pod must be ready to count as available.");
    private static readonly Field History = Count("revisionHistoryLimit", "How many old revisions are kept.");
    private static readonly Field Collisions = Count("collisionCount", "How often a name was taken.");

    public static readonly ResourceKind Deployment = Kind("Deployment", "deployments", "deploy",
        "A stateless workload: keeps a number of equal pods running and replaces them gradually.",
        Object("spec", "What is wanted.",
            Replicas, Selector, Template, MinReady, History,
            Object("strategy", "How pods are replaced.", Choice("type", "Gradually or all at once.", "RollingUpdate", "Recreate"),
                Object("rollingUpdate", "How gradually.", FieldShapes.IntegerOrString("maxSurge", "Pods above the number wanted."),
                    FieldShapes.IntegerOrString("maxUnavailable", "Pods below the number wanted."))),
            Flag("paused", "Whether changes wait."),
            Count("progressDeadlineSeconds", "Seconds without progress after which it has failed.")),
        Object("status", "What is there.",
            Generation("observedGeneration"), Count("replicas", "Pods."), Count("updatedReplicas", "Pods of the present template."),
            Count("readyReplicas", "Pods that are ready."), Count("availableReplicas", "Pods that are available."),
            Count("unavailableReplicas", "Pods that are missing."), Count("terminatingReplicas", "Pods that are ending."), Conditions, Collisions));

    public static readonly ResourceKind ReplicaSet = Kind("ReplicaSet", "replicasets", "rs",
        "Keeps a number of equal pods running; usually made by a Deployment.",
        Object("spec", "What is wanted.", Replicas, Selector, Template with { Required = false }, MinReady),
        Object("status", "What is there.",
            Generation("observedGeneration"), Count("replicas", "Pods."), Count("fullyLabeledReplicas", "Pods with the template's labels."),
            Count("readyReplicas", "Pods that are ready."), Count("availableReplicas", "Pods that are available."),
            Count("terminatingReplicas", "Pods that are ending."), Conditions));

    public static readonly ResourceKind StatefulSet = Kind("StatefulSet", "statefulsets", "sts",
        "A stateful workload: pods with stable names and storage.",
        Object("spec", "What is wanted.",
            Replicas, Selector, Template, MinReady, History,
            Text("serviceName", "Headless service that names the pods."),
            Choice("podManagementPolicy", "Whether pods come one after the other.", "OrderedReady", "Parallel"),
            Any("updateStrategy", "How pods are replaced."),
            List("volumeClaimTemplates", "Claims made for each pod.", Shape.Any()),
            Any("persistentVolumeClaimRetentionPolicy", "What becomes of claims."),
            Any("ordinals", "How pods are numbered.")),
        Object("status", "What is there.",
            Generation("observedGeneration"), Count("replicas", "Pods."), Count("readyReplicas", "Pods that are ready."),
            Count("currentReplicas", "Pods of the current revision."), Count("updatedReplicas", "Pods of the new revision."),
            Count("availableReplicas", "Pods that are available."), Text("currentRevision", "Current revision."),
            Text("updateRevision", "New revision."), Conditions, Collisions));

    public static readonly ResourceKind DaemonSet = Kind("DaemonSet", "daemonsets", "ds",
        "One pod on every node.",
        Object("spec", "What is wanted.", Selector, Template, MinReady, History, Any("updateStrategy", "How pods are replaced.")),
        Object("status", "What is there.",
            Generation("observedGeneration"), Count("currentNumberScheduled", "Nodes that run it."), Count("desiredNumberScheduled", "Nodes that should."),
            Count("numberMisscheduled", "Nodes that run it and should not."), Count("numberReady", "Nodes where it is ready."),
            Count("updatedNumberScheduled", "Nodes that run the present template."), Count("numberAvailable", "Nodes where it is available."),
            Count("numberUnavailable", "Nodes where it is missing."), Conditions, Collisions));

    private static ResourceKind Kind(string kind, string plural, string shortName, string description, Field spec, Field status) => new()
    {
        Group = "apps",
        Versions = ["v1"],
        Kind = kind,
        Plural = plural,
        ShortNames = [shortName],
        Categories = ["all"],
        HasStatus = true,
        Schema = Shape.Object(description, spec, status),
    };
}
