using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas.Mesh.Istio;

/// <summary>EnvoyFilter: patches of Envoy's configuration, for which there is nothing to patch here (istio.md §1.11).</summary>
internal static class EnvoyFilterSchema
{
    private static readonly Schema s_patch = Shape.Object("A patch.",
        Choice("applyTo", "What is patched.", "INVALID", "LISTENER", "FILTER_CHAIN", "NETWORK_FILTER", "HTTP_FILTER", "ROUTE_CONFIGURATION",
            "VIRTUAL_HOST", "HTTP_ROUTE", "CLUSTER", "EXTENSION_CONFIG", "BOOTSTRAP", "LISTENER_FILTER"),
        Object("match", "Where it is patched.",
            Choice("context", "In which direction.", "ANY", "SIDECAR_INBOUND", "SIDECAR_OUTBOUND", "GATEWAY", "WAYPOINT"),
            Object("proxy", "Which proxies.",
                Text("proxyVersion", "Regular expression of the version."),
                TextMap("metadata", "Metadata of the proxy.")),
            Any("listener", "Which listener."),
            Any("routeConfiguration", "Which routes."),
            Any("cluster", "Which cluster."),
            Any("waypoint", "Which waypoint.")),
        Object("patch", "What is changed.",
            Choice("operation", "How.", "INVALID", "MERGE", "ADD", "REMOVE", "INSERT_BEFORE", "INSERT_AFTER", "INSERT_FIRST", "REPLACE", "MERGE_AND_REPLACE_LIST"),
            Any("value", "Envoy configuration."),
            Choice("filterClass", "Where a filter is put.", "UNSPECIFIED", "AUTHN", "AUTHZ", "STATS")));

    public static ResourceKind Kind { get; } =
        IstioKinds.NotYet(IstioKinds.Networking, ["v1alpha3"], "EnvoyFilter", "envoyfilters", "",
            Shape.Resource("Patches of Envoy's configuration.", Shape.Object("Patches of Envoy's configuration.",
                IstioKinds.WorkloadSelector("workloadSelector", "Workloads that it applies to; all of the namespace by default.", "labels"),
                IstioKinds.TargetRefs,
                List("configPatches", "Patches.", s_patch),
                Integer("priority", "Order among filters.")), status: IstioKinds.Status))
        with { Effect = Effect.NotHere };
}
