using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas.Core;

/// <summary>Endpoints, and EndpointSlices which replace them.</summary>
internal static class EndpointsSchema
{
    private static readonly Schema Address = Shape.Object("One address.",
        Text("ip", "IP address.").Required(),
        Text("hostname", "Host name of the endpoint."),
        Text("nodeName", "Node it runs on."),
        Of("targetRef", CoreShapes.ObjectReference, "The pod behind the address."));

    private static readonly Schema Port = Shape.Object("One port of the addresses.",
        Text("name", "Name of the port, as in the service."),
        Integer("port", "Number of the port.", 1, 65535),
        Choice("protocol", "TCP unless it says otherwise.", "TCP", "UDP", "SCTP"),
        Text("appProtocol", "What is spoken on the port."));

    public static readonly ResourceKind Endpoints = new()
    {
        Group = "",
        Versions = ["v1"],
        Kind = "Endpoints",
        Plural = "endpoints",
        ShortNames = ["ep"],
        Schema = Shape.Object("The addresses behind a service of the same name.",
            List("subsets", "Addresses and the ports they share.", Shape.Object("Addresses with the same ports.",
                List("addresses", "Addresses that are ready.", Address),
                List("notReadyAddresses", "Addresses that are not ready yet.", Address),
                List("ports", "Ports of these addresses.", Port)))),
    };

    public static readonly ResourceKind Slice = new()
    {
        Group = "discovery.k8s.io",
        Versions = ["v1"],
        Kind = "EndpointSlice",
        Plural = "endpointslices",
        Schema = Shape.Object("Some of the endpoints of a service, which the label kubernetes.io/service-name names.",
            Choice("addressType", "What the addresses are.", "IPv4", "IPv6", "FQDN").Required(),
            List("endpoints", "The endpoints.", Shape.Object("One endpoint.",
                Texts("addresses", "Its addresses, which are taken to be the same endpoint.").Required(),
                Object("conditions", "Whether it may be sent traffic.",
                    Flag("ready", "Whether it takes new traffic; absent means yes."),
                    Flag("serving", "Whether it still answers, even while it ends."),
                    Flag("terminating", "Whether it is ending.")),
                Text("hostname", "Host name of the endpoint."),
                Of("targetRef", CoreShapes.ObjectReference, "The pod behind the endpoint."),
                Text("nodeName", "Node it runs on."),
                Text("zone", "Zone it runs in."),
                Any("hints", "Which zones should use it."),
                TextMap("deprecatedTopology", "Labels of its place, in old versions."))),
            List("ports", "Ports that every endpoint of this slice has.", Port)),
    };
}
