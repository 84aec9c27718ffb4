using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas.Mesh.GatewayApi;

/// <summary>HTTPRoute of the Gateway API.</summary>
internal static class HttpRouteSchema
{
    private static readonly Schema s_match = Shape.Object("Conditions on a request, all of which must hold.",
        Object("path", "Path; prefix / by default.",
            Choice("type", "How it is matched. PathPrefix goes by whole segments.", "Exact", "PathPrefix", "RegularExpression"),
            Text("value", "Value.")),
        List("headers", "Headers, regardless of the case of their names.", GatewayKinds.ValueMatch("header")),
        List("queryParams", "Query parameters.", GatewayKinds.ValueMatch("query parameter")),
        Choice("method", "Method.", "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"));

    private static readonly Schema s_pathChange = Shape.Object("A change of the path.",
        Choice("type", "Whether the whole path or the matched prefix is replaced.", "ReplaceFullPath", "ReplacePrefixMatch").Required(),
        Text("replaceFullPath", "New path."),
        Text("replacePrefixMatch", "New prefix."));

    private static readonly Schema s_filter = Shape.Object("A step on the way of a request.",
        Choice("type", "What is done; the field of the same name says how.", "RequestHeaderModifier", "ResponseHeaderModifier", "RequestMirror",
            "RequestRedirect", "URLRewrite", "CORS", "ExternalAuth", "ExtensionRef").Required(),
        Of("requestHeaderModifier", GatewayKinds.HeaderChanges),
        Of("responseHeaderModifier", GatewayKinds.HeaderChanges),
        Of("requestMirror", GatewayKinds.Mirror),
        Object("requestRedirect", "A redirect that answers the request.",
            Choice("scheme", "Scheme of the location.", "http", "https"),
            Text("hostname", "Host of the location."),
            Of("path", s_pathChange),
            Port("port", "Port of the location."),
            Integer("statusCode", "Status; 302 by default.", 301, 308)),
        Object("urlRewrite", "Changes of host and path.",
            Text("hostname", "Host."),
            Of("path", s_pathChange)),
        Object("cors", "Cross-origin resource sharing.",
            Texts("allowOrigins", "Origins allowed."),
            Flag("allowCredentials", "Whether credentials may be sent."),
            Texts("allowMethods", "Methods allowed."),
            Texts("allowHeaders", "Request headers allowed."),
            Texts("exposeHeaders", "Response headers that scripts may read."),
            Integer("maxAge", "Seconds that a preflight answer may be cached.", 1)),
        Object("externalAuth", "A service that decides about requests.",
            Choice("protocol", "Protocol of the service.", "HTTP", "GRPC").Required(),
            Of("backendRef", GatewayKinds.Backend()).Required(),
            Any("grpc", "Settings for gRPC."),
            Any("http", "Settings for HTTP."),
            Any("forwardBody", "How much of the body is sent.")),
        Of("extensionRef", GatewayKinds.Reference));

    private static readonly Schema s_rule = Shape.Object("A rule.",
        Text("name", "Name of the rule."),
        List("matches", "Alternatives, one of which must hold; everything by default.", s_match),
        List("filters", "Steps, in order.", s_filter),
        List("backendRefs", "Where requests go, by weight.", GatewayKinds.Backend(
            Integer("weight", "Share of the requests; 1 by default.", 0, 1_000_000),
            List("filters", "Steps for this backend.", s_filter))),
        Object("timeouts", "Timeouts.",
            Text("request", "Time for the whole request.", "gateway-duration"),
            Text("backendRequest", "Time for each attempt.", "gateway-duration")),
        Object("retry", "Retries.",
            Integers("codes", "Statuses that are retried."),
            Integer("attempts", "Retries at most.", 0),
            Text("backoff", "Shortest pause between attempts.", "gateway-duration")),
        Of("sessionPersistence", GatewayKinds.SessionPersistence));

    public static readonly Schema Schema = Shape.Resource("Routes HTTP requests.", Shape.Object("Routes of HTTP requests.",
        GatewayKinds.ParentRefs,
        Text("useDefaultGateways", "Whether the route is attached to the default Gateways."),
        GatewayKinds.Hostnames,
        List("rules", "Rules; the most specific match decides.", s_rule)), specRequired: true, status: GatewayKinds.RouteStatus);

    public static ResourceKind Kind { get; } =
        GatewayKinds.Kind("HTTPRoute", "httproutes", ["v1", "v1beta1", "v1alpha2"], "", Schema)
        with { Columns = [new Column("Hostnames", ".spec.hostnames")] };
}
