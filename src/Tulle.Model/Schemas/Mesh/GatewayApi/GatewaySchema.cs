using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas.Mesh.GatewayApi;

/// <summary>Gateway of the Gateway API.</summary>
internal static class GatewaySchema
{
    private static readonly Schema s_selector = Shape.Object("Selects namespaces by label.",
        TextMap("matchLabels", "Labels, all of them."),
        List("matchExpressions", "Requirements, all of them.", Shape.Object("A requirement.",
            Text("key", "Label.").Required(),
            Choice("operator", "Operator.", "In", "NotIn", "Exists", "DoesNotExist").Required(),
            Texts("values", "Values."))));

    private static readonly Field s_namespaces = Object("namespaces", "Namespaces; the Gateway's own by default.",
        Choice("from", "Which.", "All", "Selector", "Same", "None"),
        Of("selector", s_selector));

    private static readonly Schema s_listenerTls = Shape.Object("TLS of a listener.",
        Choice("mode", "Whether TLS ends here.", "Terminate", "Passthrough"),
        List("certificateRefs", "Secrets with certificates.", GatewayKinds.Reference),
        Object("frontendValidation", "How client certificates are checked.", List("caCertificateRefs", "Authorities.", GatewayKinds.Reference)),
        TextMap("options", "Further settings."));

    private static readonly Schema s_listener = Shape.Object("A port and the host it serves.",
        Text("name", "Name of the listener.").Required(),
        Text("hostname", "Host that is served; every one by default."),
        Port("port", "Port.").Required(),
        Text("protocol", "Protocol: HTTP, HTTPS, TLS, TCP or UDP.").Required(),
        Of("tls", s_listenerTls),
        Object("allowedRoutes", "Routes that may be attached.",
            s_namespaces,
            List("kinds", "Kinds of routes.", Shape.Object("A kind.", Text("group", "API group."), Text("kind", "Kind.").Required()))));

    private static readonly Schema s_status = Shape.Object("What controllers report.",
        List("addresses", "Addresses of the Gateway.", Shape.Object("An address.", Text("type", "Type."), Text("value", "Address."))),
        ConditionShapes.Conditions,
        List("listeners", "State of each listener.", Shape.Object("A listener.", Text("name", "Its name."), ConditionShapes.Conditions) with { PreserveUnknown = true })) with { PreserveUnknown = true };

    public static ResourceKind Kind { get; } =
        GatewayKinds.Kind("Gateway", "gateways", ["v1", "v1beta1"], "gtw",
            Shape.Resource("Ports at the edge of the cluster.", Shape.Object("Ports of a gateway.",
                Text("gatewayClassName", "Name of the GatewayClass.").Required(),
                List("listeners", "Ports and the hosts they serve.", s_listener),
                List("addresses", "Addresses asked for.", Shape.Object("An address.", Text("type", "Type: IPAddress, Hostname or another."), Text("value", "Address."))),
                Object("infrastructure", "What is made for the Gateway.",
                    TextMap("labels", "Labels."),
                    TextMap("annotations", "Annotations."),
                    Of("parametersRef", GatewayKinds.Reference)),
                Object("backendTLS", "TLS to backends.", Of("clientCertificateRef", GatewayKinds.Reference)),
                Any("tls", "TLS for all listeners and backends."),
                Object("allowedListeners", "ListenerSets that may be attached.", s_namespaces),
                Text("defaultScope", "Which routes are attached without naming the Gateway.")), specRequired: true, status: s_status))
        with
        {
            Columns =
            [
                new Column("Class", ".spec.gatewayClassName"),
                new Column("Address", ".status.addresses[*].value"),
                new Column("Programmed", ".status.conditions[?(@.type==\"Programmed\")].status"),
            ],
        };
}
