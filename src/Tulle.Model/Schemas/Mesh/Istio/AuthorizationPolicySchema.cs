using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas.Mesh.Istio;

/// <summary>AuthorizationPolicy of Istio: who may do what (istio.md §1.10).</summary>
internal static class AuthorizationPolicySchema
{
    private static readonly Schema s_source = Shape.Object("Who asks; the fields given must all hold.",
        Texts("principals", "Identities: trust-domain/ns/NAMESPACE/sa/ACCOUNT. '*' may stand at either end, or alone for any."),
        Texts("notPrincipals", "Identities that are not meant."),
        Texts("requestPrincipals", "Principals of tokens: issuer/subject."),
        Texts("notRequestPrincipals", "Principals of tokens that are not meant."),
        Texts("namespaces", "Namespaces."),
        Texts("notNamespaces", "Namespaces that are not meant."),
        Texts("serviceAccounts", "Service accounts: name or namespace/name."),
        Texts("notServiceAccounts", "Service accounts that are not meant."),
        Texts("ipBlocks", "Addresses or ranges of the connection's peer."),
        Texts("notIpBlocks", "Addresses or ranges that are not meant."),
        Texts("remoteIpBlocks", "Addresses or ranges of the original caller."),
        Texts("notRemoteIpBlocks", "Addresses or ranges of original callers that are not meant."),
        Texts("trustDomains", "Trust domains."),
        Texts("notTrustDomains", "Trust domains that are not meant."));

    private static readonly Schema s_operation = Shape.Object("What is asked for; the fields given must all hold.",
        Texts("hosts", "Hosts, regardless of case."),
        Texts("notHosts", "Hosts that are not meant."),
        Texts("ports", "Ports of the workload, as strings."),
        Texts("notPorts", "Ports that are not meant."),
        Texts("methods", "Methods."),
        Texts("notMethods", "Methods that are not meant."),
        Texts("paths", "Paths, without the query; {*} stands for a segment, {**} for several."),
        Texts("notPaths", "Paths that are not meant."));

    private static readonly Schema s_rule = Shape.Object("A rule: somebody from, something to, under conditions when. What is not given always holds.",
        List("from", "Who asks; one must hold.", Shape.Object("A caller.", Of("source", s_source))),
        List("to", "What is asked for; one must hold.", Shape.Object("An operation.", Of("operation", s_operation))),
        List("when", "Conditions; all must hold.", Shape.Object("A condition.",
            Text("key", "Attribute, such as request.headers[x-role] or source.namespace.").Required(),
            Texts("values", "Values of which it has one."),
            Texts("notValues", "Values of which it has none."))));

    private static readonly Schema s_spec = Shape.Object("Who may do what. Without rules an ALLOW policy lets nobody in.",
        IstioKinds.WorkloadSelector("selector", "Workloads that it applies to; all of the namespace by default."),
        IstioKinds.TargetRef,
        IstioKinds.TargetRefs,
        List("rules", "Rules; one must hold.", s_rule),
        Choice("action", "What happens when a rule holds; ALLOW by default.", "ALLOW", "DENY", "AUDIT", "CUSTOM"),
        Object("provider", "Who decides, for CUSTOM.", Text("name", "Name of the provider.")));

    public static ResourceKind Kind { get; } =
        IstioKinds.NotYet(IstioKinds.Security, IstioKinds.SecurityVersions, "AuthorizationPolicy", "authorizationpolicies", "ap",
            Shape.Resource("Who may call a workload.", s_spec, status: IstioKinds.Status))
        with { Columns = [new Column("Action", ".spec.action")] };
}
