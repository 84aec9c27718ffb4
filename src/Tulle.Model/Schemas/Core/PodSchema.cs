using static Tulle.Model.Schemas.Core.CoreShapes;
using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas.Core;

internal static class PodSchema
{
    private static readonly Schema Volume = Shape.Object("A volume.",
        Text("name", "Its name.").Required(),
        Any("emptyDir", "An empty directory that lives as long as the pod."),
        Any("configMap", "The entries of a ConfigMap as files."),
        Any("secret", "The entries of a Secret as files."),
        Any("projected", "Several sources in one directory, such as service-account tokens."),
        Any("hostPath", "A path of the node."),
        Any("persistentVolumeClaim", "A claim."),
        Any("downwardAPI", "Fields of the pod as files.")) with { PreserveUnknown = true };

    public static readonly Schema Spec = Shape.Object("What the pod runs.",
        Keyed("containers", "name", "Programs of the pod.", ContainerSchema.Container).Required(),
        Keyed("initContainers", "name", "Programs that run before; those that restart always are sidecars.", ContainerSchema.Container),
        List("ephemeralContainers", "Programs added for debugging.", Shape.Any()),
        Keyed("volumes", "name", "Volumes that containers mount.", Volume),
        Choice("restartPolicy", "When containers are restarted.", "Always", "OnFailure", "Never"),
        Text("serviceAccountName", "Service account the pod runs as; default when left out. It is the pod's identity in the mesh."),
        Text("serviceAccount", "Old name of serviceAccountName."),
        Flag("automountServiceAccountToken", "Whether a token is mounted."),
        Text("nodeName", "Node the pod runs on."),
        TextMap("nodeSelector", "Labels of nodes it may run on."),
        Text("hostname", "Host name of the pod."),
        Text("subdomain", "Subdomain of the pod's name."),
        Flag("setHostnameAsFQDN", "Whether the host name is the full name."),
        Flag("hostNetwork", "Whether it uses the node's network."),
        Flag("hostPID", "Whether it sees the node's processes."),
        Flag("hostIPC", "Whether it shares the node's IPC."),
        Flag("hostUsers", "Whether it shares the node's users."),
        Flag("shareProcessNamespace", "Whether its containers see each other's processes."),
        Integer("terminationGracePeriodSeconds", "Seconds it has to end.", 0, long.MaxValue),
        Integer("activeDeadlineSeconds", "Seconds it may run.", 0, long.MaxValue),
        Text("dnsPolicy", "How it resolves names."),
        Any("dnsConfig", "More about how it resolves names."),
        Keyed("hostAliases", "ip", "Entries of its hosts file.", Shape.Object("One address.", Text("ip", "Address.").Required(), Texts("hostnames", "Names of it."))),
        Keyed("imagePullSecrets", "name", "Secrets for fetching images.", LocalReference),
        Any("securityContext", "User, groups and other rights of all containers."),
        Any("affinity", "Where it would rather run."),
        List("tolerations", "Taints it tolerates.", Shape.Any()),
        List("topologySpreadConstraints", "How pods spread over nodes.", Shape.Any()),
        Text("schedulerName", "Which scheduler places it."),
        Text("priorityClassName", "Its priority, by name."),
        Integer("priority", "Its priority."),
        Text("preemptionPolicy", "Whether it may displace others."),
        List("readinessGates", "Conditions that must hold for it to be ready.", Shape.Any()),
        Text("runtimeClassName", "Which runtime runs it."),
        Flag("enableServiceLinks", "Whether services become environment variables."),
        CoreShapes.Resources("overhead", "Resources of the runtime itself."),
        Any("os", "Operating system of the pod."),
        List("schedulingGates", "What must happen before it is placed.", Shape.Any()),
        List("resourceClaims", "Claims its containers use.", Shape.Any()),
        Any("resources", "Resources of the whole pod."));

    private static readonly Schema Status = Shape.Object("How the pod is.",
        Choice("phase", "Where it is in its life.", "Pending", "Running", "Succeeded", "Failed", "Unknown"),
        Conditions,
        Text("reason", "One word for its state."),
        Text("message", "For a person."),
        Text("hostIP", "Address of its node."),
        Keyed("hostIPs", "ip", "Addresses of its node.", Shape.Object("", Text("ip", "Address."))),
        Text("podIP", "Address of the pod."),
        Keyed("podIPs", "ip", "Addresses of the pod.", Shape.Object("", Text("ip", "Address."))),
        Time("startTime", "When it began."),
        List("containerStatuses", "How each container is.", ContainerSchema.Status),
        List("initContainerStatuses", "How each init container is.", ContainerSchema.Status),
        List("ephemeralContainerStatuses", "How each debugging container is.", Shape.Any()),
        Text("qosClass", "Its quality of service."),
        Text("nominatedNodeName", "Node that is being cleared for it."),
        Text("resize", "How a resize goes.")) with { PreserveUnknown = true };

    public static readonly ResourceKind Kind = new()
    {
        Group = "",
        Versions = ["v1"],
        Kind = "Pod",
        Plural = "pods",
        ShortNames = ["po"],
        Categories = ["all"],
        HasStatus = true,
        Schema = Shape.Object("One instance of a workload: its programs share an address. On one machine they are processes.",
            Of("spec", Spec), Of("status", Status)),
    };
}
