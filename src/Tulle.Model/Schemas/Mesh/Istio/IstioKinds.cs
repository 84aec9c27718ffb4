using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas.Mesh.Istio;

/// <summary>What Istio's kinds have in common.</summary>
internal static class IstioKinds
{
    public const string Networking = "networking.istio.io";
    public const string Security = "security.istio.io";

    public static readonly IReadOnlyList<string> Categories = ["istio-io"];

    // istio.md §1.1: storage version first; one schema for all.
    public static readonly IReadOnlyList<string> NetworkingVersions = ["v1", "v1beta1", "v1alpha3"];
    public static readonly IReadOnlyList<string> SecurityVersions = ["v1", "v1beta1"];

    public static readonly Schema Status = new()
    {
        Type = SchemaType.Object,
        Description = "What controllers report about the object.",
        PreserveUnknown = true,
        Fields =
        [
            List("conditions", "Conditions, one of each type.", Shape.Object("A condition.",
                Text("type", "Name of the condition."),
                Text("status", "True, False or Unknown."),
                Text("reason", "One word for the last change."),
                Text("message", "Why the condition is so."),
                Text("observedGeneration", "Generation it was found for."),
                Text("lastProbeTime", "When it was last checked.", "date-time"),
                Text("lastTransitionTime", "When it last changed.", "date-time")) with { PreserveUnknown = true }),
            new Field("observedGeneration", new Schema { Type = SchemaType.IntegerOrString, Description = "Generation that the status is about." }),
        ],
    };

    /// <summary>A kind without effect yet; callers change what differs.</summary>
    public static ResourceKind NotYet(string group, IReadOnlyList<string> versions, string kind, string plural, string shortName, Schema schema) => new()
    {
        Group = group,
        Versions = versions,
        Kind = kind,
        Plural = plural,
        ShortNames = shortName.Length == 0 ? [] : [shortName],
        Categories = Categories,
        HasStatus = true,
        AcceptsSnakeCase = true,
        Effect = Effect.NotYet,
        Schema = schema,
    };

    /// <summary>A port of a gateway, a sidecar or a service entry.</summary>
    public static readonly Schema ServerPort = Shape.Object("A port.",
        Port("number", "Port number.").Required(),
        Text("protocol", "Protocol: HTTP, HTTPS, HTTP2, GRPC, GRPC-WEB, MONGO, TCP or TLS."),
        Text("name", "Name of the port."),
        Port("targetPort", "Port number on the endpoints, if it differs."));

    /// <summary>TLS as a server.</summary>
    public static readonly Schema ServerTls = Shape.Object("TLS settings of a server.",
        Flag("httpsRedirect", "Whether plaintext requests are redirected to https."),
        Choice("mode", "How TLS is served.", "PASSTHROUGH", "SIMPLE", "MUTUAL", "AUTO_PASSTHROUGH", "ISTIO_MUTUAL", "OPTIONAL_MUTUAL"),
        Text("serverCertificate", "File of the certificate."),
        Text("privateKey", "File of the private key."),
        Text("caCertificates", "File of the authorities that client certificates are checked against."),
        Text("caCrl", "File of revoked certificates."),
        Texts("subjectAltNames", "Names of which a client certificate must have one."),
        Text("credentialName", "Secret with key, certificate and authorities."),
        Texts("credentialNames", "Secrets, for several key types."),
        Text("caCertCredentialName", "Secret with the authorities of client certificates."),
        List("tlsCertificates", "Certificates for several key types.", Shape.Object("A certificate.",
            Text("serverCertificate", "File of the certificate."),
            Text("privateKey", "File of the private key."),
            Text("caCertificates", "File of authorities."))),
        Texts("verifyCertificateSpki", "Base64 SHA-256 hashes of client public keys that are accepted."),
        Texts("verifyCertificateHash", "Hexadecimal SHA-256 hashes of client certificates that are accepted."),
        Choice("minProtocolVersion", "Lowest TLS version; 1.2 by default.", "TLS_AUTO", "TLSV1_0", "TLSV1_1", "TLSV1_2", "TLSV1_3"),
        Choice("maxProtocolVersion", "Highest TLS version.", "TLS_AUTO", "TLSV1_0", "TLSV1_1", "TLSV1_2", "TLSV1_3"),
        Texts("cipherSuites", "Cipher suites allowed below TLS 1.3."));

    /// <summary>Selects workloads by all of their labels.</summary>
    public static Field WorkloadSelector(string name, string description, string labels = "matchLabels") =>
        Object(name, description, TextMap(labels, "Labels that a workload must have, all of them. Without any, every workload of the namespace is meant."));

    public static readonly Field ExportTo = Texts("exportTo",
        "Namespaces in which it is visible: '.' for its own, '*' for all (the default), or names.");

    public static readonly Field TargetRef = Object("targetRef", "Object that it applies to instead of a selector.", TargetRefFields());

    public static readonly Field TargetRefs = List("targetRefs", "Objects that it applies to instead of a selector.", Shape.Object("An object in the same namespace.", TargetRefFields()));

    private static IReadOnlyList<Field> TargetRefFields() =>
    [
        Text("group", "API group of the target."),
        Text("kind", "Kind of the target: Service, ServiceEntry, Gateway or GatewayClass."),
        Text("name", "Name of the target."),
        Text("namespace", "Namespace of the target; must be the policy's own."),
    ];

    /// <summary>A match of a string by one of three means.</summary>
    public static Schema StringMatch(string description) => Shape.Object(description,
        Text("exact", "The whole value, case-sensitive."),
        Text("prefix", "The beginning of the value."),
        Text("regex", "RE2 regular expression that the whole value matches."));
}
