namespace Tulle.Model.Schemas.Core;

/// <summary>The kinds of Kubernetes itself that Tulle serves and reads.</summary>
public static class CoreKinds
{
    /// <summary>In the order of discovery: kubectl takes the first of several kinds of one name.</summary>
    public static IReadOnlyList<ResourceKind> All { get; } =
    [
        NamespaceSchema.Kind,
        ServiceSchema.Kind,
        EndpointsSchema.Endpoints,
        PodSchema.Kind,
        ConfigurationSchemas.ServiceAccount,
        ConfigurationSchemas.Secret,
        ConfigurationSchemas.ConfigMap,
        EventSchemas.Core,
        NodeSchema.Kind,
        EndpointsSchema.Slice,
        WorkloadSchemas.Deployment,
        WorkloadSchemas.ReplicaSet,
        WorkloadSchemas.StatefulSet,
        WorkloadSchemas.DaemonSet,
        BatchSchemas.Job,
        BatchSchemas.CronJob,
        LeaseSchema.Kind,
        EventSchemas.Grouped,
        DefinitionSchema.Kind,
        ReviewSchemas.Token,
        ReviewSchemas.SelfAccess,
        ReviewSchemas.Access,
    ];
}
