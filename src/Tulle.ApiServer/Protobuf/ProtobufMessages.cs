namespace Tulle.ApiServer.Protobuf;

/// <summary>How the value of a field is written on the wire, and what it is in JSON.</summary>
internal enum FieldKind
{
    Text,
    Number,
    Flag,
    Message,
    TextMap,
    BytesMap,
    QuantityMap,
    Time,
    IntegerOrText,
}

/// <summary>One field of a message.</summary>
/// <param name="Name">Its name in JSON.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="Repeated">Whether it is a list.</param>
/// <param name="Message">The message it holds, by name.</param>
internal sealed record ProtobufField(string Name, FieldKind Kind, bool Repeated, string Message);

/// <summary>
/// The messages in which Go clients (kubectl 1.32 and later among them) send core objects. Field numbers are those of Kubernetes'
/// own <c>generated.proto</c> files, which never change. A field that is set and not listed makes the request
/// fail with a clear error rather than be lost.
/// </summary>
internal static class ProtobufMessages
{
    // Each line: message: number name [type]. Without a type a field is text; [] marks a list; a capital is another message.
    private const string Table = """
        ObjectMeta: 1 name, 2 generateName, 3 namespace, 4 selfLink, 5 uid, 6 resourceVersion, 7 generation number, 8 creationTimestamp time, 9 deletionTimestamp time, 10 deletionGracePeriodSeconds number, 11 labels map, 12 annotations map, 13 ownerReferences OwnerReference[], 14 finalizers text[]
        OwnerReference: 1 kind, 3 name, 4 uid, 5 apiVersion, 6 controller flag, 7 blockOwnerDeletion flag
        LabelSelector: 1 matchLabels map, 2 matchExpressions LabelSelectorRequirement[]
        LabelSelectorRequirement: 1 key, 2 operator, 3 values text[]
        Condition: 1 type, 2 status, 3 lastProbeTime time, 4 lastTransitionTime time, 5 reason, 6 message
        DeleteOptions: 1 gracePeriodSeconds number, 2 preconditions Preconditions, 3 orphanDependents flag, 4 propagationPolicy, 5 dryRun text[]
        Preconditions: 1 uid, 2 resourceVersion
        LocalObjectReference: 1 name
        ObjectReference: 1 kind, 2 namespace, 3 name, 4 uid, 5 apiVersion, 6 resourceVersion, 7 fieldPath
        Namespace: 1 metadata ObjectMeta, 2 spec NamespaceSpec, 3 status NamespaceStatus
        NamespaceSpec: 1 finalizers text[]
        NamespaceStatus: 1 phase
        ServiceAccount: 1 metadata ObjectMeta, 2 secrets ObjectReference[], 3 imagePullSecrets LocalObjectReference[], 4 automountServiceAccountToken flag
        ConfigMap: 1 metadata ObjectMeta, 2 data map, 3 binaryData bytesmap, 4 immutable flag
        Secret: 1 metadata ObjectMeta, 2 data bytesmap, 3 type, 4 stringData map, 5 immutable flag
        Service: 1 metadata ObjectMeta, 2 spec ServiceSpec, 3 status ServiceStatus
        ServiceSpec: 1 ports ServicePort[], 2 selector map, 3 clusterIP, 4 type, 5 externalIPs text[], 7 sessionAffinity, 8 loadBalancerIP, 9 loadBalancerSourceRanges text[], 10 externalName, 11 externalTrafficPolicy, 12 healthCheckNodePort number, 13 publishNotReadyAddresses flag, 17 ipFamilyPolicy, 18 clusterIPs text[], 19 ipFamilies text[], 20 allocateLoadBalancerNodePorts flag, 21 loadBalancerClass, 22 internalTrafficPolicy, 23 trafficDistribution
        ServicePort: 1 name, 2 protocol, 3 port number, 4 targetPort intortext, 5 nodePort number, 6 appProtocol
        ServiceStatus: 1 loadBalancer LoadBalancerStatus, 2 conditions Condition[]
        LoadBalancerStatus: 1 ingress LoadBalancerIngress[]
        LoadBalancerIngress: 1 ip, 2 hostname, 3 ipMode
        Event: 1 metadata ObjectMeta, 2 involvedObject ObjectReference, 3 reason, 4 message, 5 source EventSource, 6 firstTimestamp time, 7 lastTimestamp time, 8 count number, 9 type, 10 eventTime time, 11 series EventSeries, 12 action, 13 related ObjectReference, 14 reportingComponent, 15 reportingInstance
        EventSource: 1 component, 2 host
        EventSeries: 1 count number, 2 lastObservedTime time
        Deployment: 1 metadata ObjectMeta, 2 spec DeploymentSpec, 3 status DeploymentStatus
        DeploymentSpec: 1 replicas number, 2 selector LabelSelector, 3 template PodTemplateSpec, 4 strategy DeploymentStrategy, 5 minReadySeconds number, 6 revisionHistoryLimit number, 7 paused flag, 9 progressDeadlineSeconds number
        DeploymentStrategy: 1 type, 2 rollingUpdate RollingUpdateDeployment
        RollingUpdateDeployment: 1 maxUnavailable intortext, 2 maxSurge intortext
        DeploymentStatus: 1 observedGeneration number, 2 replicas number, 3 updatedReplicas number, 4 availableReplicas number, 5 unavailableReplicas number, 7 readyReplicas number, 8 collisionCount number
        PodTemplateSpec: 1 metadata ObjectMeta, 2 spec PodSpec
        PodSpec: 2 containers Container[], 3 restartPolicy, 4 terminationGracePeriodSeconds number, 5 activeDeadlineSeconds number, 6 dnsPolicy, 7 nodeSelector map, 8 serviceAccountName, 9 serviceAccount, 10 nodeName, 11 hostNetwork flag, 12 hostPID flag, 13 hostIPC flag, 14 securityContext SecurityContext, 15 imagePullSecrets LocalObjectReference[], 16 hostname, 17 subdomain, 19 schedulerName, 20 initContainers Container[], 21 automountServiceAccountToken flag
        SecurityContext:
        Container: 1 name, 2 image, 3 command text[], 4 args text[], 5 workingDir, 6 ports ContainerPort[], 7 env EnvVar[], 8 resources ResourceRequirements, 13 terminationMessagePath, 14 imagePullPolicy, 16 stdin flag, 17 stdinOnce flag, 18 tty flag, 20 terminationMessagePolicy
        ContainerPort: 1 name, 2 hostPort number, 3 containerPort number, 4 protocol, 5 hostIP
        EnvVar: 1 name, 2 value
        ResourceRequirements: 1 limits quantitymap, 2 requests quantitymap
        Job: 1 metadata ObjectMeta, 2 spec JobSpec, 3 status JobStatus
        JobSpec: 1 parallelism number, 2 completions number, 3 activeDeadlineSeconds number, 4 selector LabelSelector, 5 manualSelector flag, 6 template PodTemplateSpec, 7 backoffLimit number, 8 ttlSecondsAfterFinished number
        JobStatus: 2 startTime time, 3 completionTime time, 4 active number, 5 succeeded number, 6 failed number
        CronJob: 1 metadata ObjectMeta, 2 spec CronJobSpec, 3 status CronJobStatus
        CronJobSpec: 1 schedule, 2 startingDeadlineSeconds number, 3 concurrencyPolicy, 4 suspend flag, 5 jobTemplate JobTemplateSpec, 6 successfulJobsHistoryLimit number, 7 failedJobsHistoryLimit number, 8 timeZone
        CronJobStatus: 1 active ObjectReference[], 4 lastScheduleTime time
        JobTemplateSpec: 1 metadata ObjectMeta, 2 spec JobSpec
        Scale: 1 metadata ObjectMeta, 2 spec ScaleSpec, 3 status ScaleStatus
        ScaleSpec: 1 replicas number
        ScaleStatus: 1 replicas number, 2 selector
        Lease: 1 metadata ObjectMeta, 2 spec LeaseSpec
        LeaseSpec: 1 holderIdentity, 2 leaseDurationSeconds number, 3 acquireTime time, 4 renewTime time, 5 leaseTransitions number
        TokenRequest: 1 metadata ObjectMeta, 2 spec TokenRequestSpec, 3 status TokenRequestStatus
        TokenRequestSpec: 1 audiences text[], 3 boundObjectRef BoundObjectReference, 4 expirationSeconds number
        TokenRequestStatus: 1 token, 2 expirationTimestamp time
        BoundObjectReference: 1 kind, 2 apiVersion, 3 name, 4 uid
        TokenReview: 1 metadata ObjectMeta, 2 spec TokenReviewSpec, 3 status TokenReviewStatus
        TokenReviewSpec: 1 token, 2 audiences text[]
        TokenReviewStatus: 1 authenticated flag, 2 user UserInfo, 3 error, 4 audiences text[]
        UserInfo: 1 username, 2 uid, 3 groups text[]
        SelfSubjectAccessReview: 1 metadata ObjectMeta, 2 spec SelfSubjectAccessReviewSpec, 3 status SubjectAccessReviewStatus
        SelfSubjectAccessReviewSpec: 1 resourceAttributes ResourceAttributes, 2 nonResourceAttributes NonResourceAttributes
        SubjectAccessReviewStatus: 1 allowed flag, 2 reason, 3 evaluationError, 4 denied flag
        ResourceAttributes: 1 namespace, 2 verb, 3 group, 4 version, 5 resource, 6 subresource, 7 name
        NonResourceAttributes: 1 path, 2 verb
        """;

    private static readonly Dictionary<string, Dictionary<int, ProtobufField>> Messages = Read();

    /// <summary>The fields of a message by number; null when the message is not known.</summary>
    public static IReadOnlyDictionary<int, ProtobufField>? Find(string name) => Messages.GetValueOrDefault(name);

    private static Dictionary<string, Dictionary<int, ProtobufField>> Read()
    {
        var messages = new Dictionary<string, Dictionary<int, ProtobufField>>();
        foreach (string line in Table.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            int colon = line.IndexOf(':');
            messages[line[..colon]] = line[(colon + 1)..].Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(field => field.Split(' '))
                .ToDictionary(parts => int.Parse(parts[0]), parts => FieldOf(parts[1], parts.Length > 2 ? parts[2] : "text"));
        }
        return messages;
    }

    private static ProtobufField FieldOf(string name, string type)
    {
        bool repeated = type.EndsWith("[]", StringComparison.Ordinal);
        string bare = repeated ? type[..^2] : type;
        FieldKind kind = bare switch
        {
            "text" => FieldKind.Text,
            "number" => FieldKind.Number,
            "flag" => FieldKind.Flag,
            "map" => FieldKind.TextMap,
            "bytesmap" => FieldKind.BytesMap,
            "quantitymap" => FieldKind.QuantityMap,
            "time" => FieldKind.Time,
            "intortext" => FieldKind.IntegerOrText,
            _ => FieldKind.Message,
        };
        return new ProtobufField(name, kind, repeated, bare);
    }
}
