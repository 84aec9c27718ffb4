using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas.Mesh.Istio;

/// <summary>How to talk to a service: the <c>trafficPolicy</c> of a DestinationRule (istio.md §1.6).</summary>
internal static class TrafficPolicySchema
{
    private static readonly Schema s_consistentHash = Shape.Object("Sends requests with the same key to the same endpoint.",
        Text("httpHeaderName", "Key: a request header."),
        Object("httpCookie", "Key: a cookie, made when absent if it has a ttl.",
            Text("name", "Name of the cookie.").Required(),
            Text("path", "Path of the cookie."),
            Duration("ttl", "Lifetime of the cookie; 0s for the session."),
            List("attributes", "Further attributes of the cookie.", Shape.Object("An attribute.",
                Text("name", "Its name.").Required(),
                Text("value", "Its value.")))),
        Flag("useSourceIp", "Key: the caller's address."),
        Text("httpQueryParameterName", "Key: a query parameter."),
        Object("ringHash", "Hashing on a ring.", Integer("minimumRingSize", "Least number of places on the ring; 1024 by default.", 0)),
        Object("maglev", "Maglev hashing.", Integer("tableSize", "Size of the table: a prime; 65537 by default.", 0)),
        Integer("minimumRingSize", "Least number of places on the ring.", 0).Deprecated("write ringHash.minimumRingSize"));

    private static readonly Schema s_locality = Shape.Object("Which localities are preferred.",
        List("distribute", "Shares of localities.", Shape.Object("Where traffic from one locality goes.",
            Text("from", "Locality of the caller: region/zone/subzone."),
            Map("to", "Percentage for each locality; the sum is 100.", Shape.Integer(min: 0, max: 100)))),
        List("failover", "Where traffic goes when a region fails.", Shape.Object("A region and its substitute.",
            Text("from", "Region that failed."),
            Text("to", "Region that takes over."))),
        Texts("failoverPriority", "Labels in which endpoints should agree with the caller, most important first."),
        Flag("enabled", "Whether localities count; true by default."));

    private static readonly Schema s_loadBalancer = Shape.Object("How endpoints are chosen.",
        Choice("simple", "Algorithm; by default the endpoint that answered faster of two drawn at random, by its latency and requests in flight.", "UNSPECIFIED", "LEAST_CONN", "RANDOM", "PASSTHROUGH", "ROUND_ROBIN", "LEAST_REQUEST"),
        Of("consistentHash", s_consistentHash),
        Of("localityLbSetting", s_locality),
        Any("zoneAwareLbSetting", "Prefers endpoints in the caller's zone.").NotYet(),
        Duration("warmupDurationSecs", "How long a new endpoint gets less traffic.").Deprecated("write warmup.duration"),
        Object("warmup", "How a new endpoint gets more traffic step by step.",
            Duration("duration", "How long.").Required(),
            Number("minimumPercent", "Share at the start; 10 by default.", 0, 100),
            Number("aggression", "Form of the curve; 1 is a straight line.", 0)));

    public static readonly Schema ConnectionPool = Shape.Object("Bounds on connections and requests to the service.",
        Object("tcp", "Connections.",
            Integer("maxConnections", "Connections at most.", 0),
            Duration("connectTimeout", "Time to connect; 1 s by default."),
            Object("tcpKeepalive", "TCP keepalive probes.",
                Integer("probes", "Probes without answer before the connection is dead.", 0),
                Duration("time", "Idle time before the first probe."),
                Duration("interval", "Time between probes.")),
            Duration("maxConnectionDuration", "Longest life of a connection."),
            Duration("idleTimeout", "Idle time before a connection is closed; 1 h by default.")),
        Object("http", "Requests.",
            Integer("http1MaxPendingRequests", "Requests waiting for a connection at most.", 0),
            Integer("http2MaxRequests", "Requests in flight at most.", 0),
            Integer("maxRequestsPerConnection", "Requests per connection; 0 for no bound.", 0),
            Integer("maxRetries", "Retries in flight at most.", 0),
            Duration("idleTimeout", "Idle time before a connection is closed; 1 h by default."),
            Choice("h2UpgradePolicy", "Whether HTTP/1.1 is forwarded as HTTP/2.", "DEFAULT", "DO_NOT_UPGRADE", "UPGRADE"),
            Flag("useClientProtocol", "Whether the caller's protocol is kept."),
            Integer("maxConcurrentStreams", "Streams per HTTP/2 connection.", 0),
            Object("http2KeepAlive", "HTTP/2 pings on connections on which nothing comes; by default only from sidecar to sidecar, while requests wait.",
                Duration("interval", "Time between pings, a second at least; 10 s by default."),
                Duration("timeout", "Time to answer one before the connection is given up; 3 s by default."))));

    private static readonly Schema s_outlierDetection = Shape.Object("When an endpoint that fails is left out for a while.",
        Integer("consecutiveErrors", "5xx in a row before ejection.", 0).Deprecated("write consecutive5xxErrors, or consecutiveGatewayErrors for 502, 503 and 504 only"),
        Flag("splitExternalLocalOriginErrors", "Whether connection failures are counted apart from error responses."),
        Integer("consecutiveLocalOriginFailures", "Connection failures in a row before ejection; 5 by default.", 0),
        Integer("consecutiveGatewayErrors", "502, 503 and 504 in a row before ejection; off by default.", 0),
        Integer("consecutive5xxErrors", "5xx in a row before ejection; 5 by default, 0 is off.", 0),
        Duration("interval", "Time between sweeps; 10 s by default."),
        Duration("baseEjectionTime", "Ejection time, multiplied by the number of ejections; 30 s by default."),
        Integer("maxEjectionPercent", "Share of endpoints ejected at most; 10 by default. One endpoint may always be ejected while another one is healthy.", 0, 100),
        Integer("minHealthPercent", "Detection is off while fewer endpoints than this share are healthy.", 0, 100),
        Integers("outlierDetectionHttpErrorCodes", "Statuses that count as failures instead of 5xx."));

    private static readonly Schema s_tls = Shape.Object("TLS to the service.",
        Choice("mode", "DISABLE, SIMPLE (server certificate), MUTUAL (with given certificates) or ISTIO_MUTUAL (the mesh's own).",
            "DISABLE", "SIMPLE", "MUTUAL", "ISTIO_MUTUAL"),
        Text("clientCertificate", "File of the client certificate."),
        Text("privateKey", "File of the private key."),
        Text("caCertificates", "File of the authorities that the server's certificate is checked against."),
        Text("credentialName", "Secret with key, certificate and authorities."),
        Texts("subjectAltNames", "Names of which the server's certificate must have one."),
        Text("sni", "Server name to send."),
        Flag("insecureSkipVerify", "Whether the server's certificate is not checked."),
        Text("caCrl", "File of revoked certificates."));

    private static readonly Schema s_retryBudget = Shape.Object("Retries in proportion to requests.",
        Number("percent", "Retries in flight, in percent of requests in flight; 20 by default.", 0, 100),
        Integer("minRetryConcurrency", "Retries in flight that are always allowed; 3 by default.", 0),
        Duration("budgetInterval", "Time over which requests are counted."));

    private static readonly IReadOnlyList<Field> s_perPort =
    [
        Of("loadBalancer", s_loadBalancer),
        Of("connectionPool", ConnectionPool),
        Of("outlierDetection", s_outlierDetection),
        Of("tls", s_tls).NotYet(),
    ];

    public static readonly Schema Policy = Shape.Object("Settings for the traffic to the service.",
    [
        .. s_perPort,
        List("portLevelSettings", "Settings for single ports; each replaces all of the above for its port.", Shape.Object("Settings for a port.",
            [Object("port", "The port.", Port("number", "Port number of the service.")), .. s_perPort])),
        Object("tunnel", "Wraps TCP connections in an HTTP tunnel.",
            Choice("protocol", "Method of the tunnel; CONNECT by default.", "CONNECT", "POST"),
            Text("targetHost", "Host at the end of the tunnel.").Required(),
            Port("targetPort", "Port at the end of the tunnel.").Required()).NotYet(),
        Object("proxyProtocol", "Sends a PROXY protocol header.", Choice("version", "Version of the header.", "V1", "V2")).NotYet(),
        Of("retryBudget", s_retryBudget).NotYet(),
    ]);
}
