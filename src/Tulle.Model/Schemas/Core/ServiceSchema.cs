using static Tulle.Model.Schemas.Core.CoreShapes;
using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas.Core;

internal static class ServiceSchema
{
    private static readonly Schema Port = Shape.Object("One port of the service.",
        Text("name", "Name of the port; required when there are several."),
        Choice("protocol", "TCP unless it says otherwise.", "TCP", "UDP", "SCTP"),
        Text("appProtocol", "What is spoken on the port, such as http, grpc, kubernetes.io/h2c or tcp; it spares the mesh from finding out."),
        FieldShapes.Port("port", "The port that clients use.").Required(),
        FieldShapes.IntegerOrString("targetPort", "Port of the pods, by number or by name; port when left out."),
        Integer("nodePort", "Port on every node, for NodePort and LoadBalancer.", 0, 65535));

    public static readonly ResourceKind Kind = new()
    {
        Group = "",
        Versions = ["v1"],
        Kind = "Service",
        Plural = "services",
        ShortNames = ["svc"],
        Categories = ["all"],
        HasStatus = true,
        NameFormat = NameFormat.Rfc1035Label,
        Schema = Shape.Object("A name for a set of pods, and the ports on which they are reached.",
            Object("spec", "What the service is.",
                TextMap("selector", "Labels of the pods that are its endpoints. Without one, endpoints are managed by hand."),
                Keyed("ports", "port", "Ports that the service offers.", Port),
                Choice("type", "How it is exposed.", "ClusterIP", "NodePort", "LoadBalancer", "ExternalName"),
                Text("clusterIP", "Address of the service; None makes it headless."),
                Texts("clusterIPs", "Addresses of the service."),
                Texts("externalIPs", "Addresses at which nodes also accept its traffic."),
                Text("externalName", "Host name that an ExternalName service stands for."),
                Choice("sessionAffinity", "Whether a client stays with one endpoint.", "None", "ClientIP"),
                Any("sessionAffinityConfig", "How long a client stays."),
                Choice("internalTrafficPolicy", "Which endpoints inside traffic may go to.", "Cluster", "Local"),
                Choice("externalTrafficPolicy", "Which endpoints outside traffic may go to.", "Cluster", "Local"),
                Text("trafficDistribution", "Which endpoints are preferred, such as PreferClose."),
                Texts("ipFamilies", "Families of its addresses: IPv4, IPv6."),
                Text("ipFamilyPolicy", "SingleStack, PreferDualStack or RequireDualStack."),
                Flag("publishNotReadyAddresses", "Whether pods that are not ready count as endpoints."),
                Text("loadBalancerIP", "Address wanted of the load balancer."),
                Text("loadBalancerClass", "Which load balancer implementation."),
                Texts("loadBalancerSourceRanges", "Clients the load balancer admits."),
                Flag("allocateLoadBalancerNodePorts", "Whether a load balancer gets node ports."),
                Integer("healthCheckNodePort", "Port on which nodes say whether they have endpoints.", 0, 65535)),
            Object("status", "What became of it.",
                Object("loadBalancer", "Where the load balancer is.", List("ingress", "Its addresses.", Shape.Object("One address.",
                    Text("ip", "IP address."), Text("hostname", "Host name."), Text("ipMode", "How the address behaves."), List("ports", "Ports.", Shape.Any())))),
                Conditions)),
    };
}
