using static Tulle.Model.Schemas.FieldShapes;

namespace Tulle.Model.Schemas.Mesh.Istio;

/// <summary>The HTTP rules of a VirtualService (istio.md §1.3).</summary>
internal static class VirtualServiceHttpSchema
{
    public static readonly Schema Destination = Shape.Object("A service, or a subset of it.",
        Text("host", "Service name: short (resolved in this object's namespace) or fully qualified.").Required(),
        Text("subset", "Name of a subset that the DestinationRule for the host defines."),
        Object("port", "Port of the service; needed when it has several.", Port("number", "Port number.")));

    private static readonly Schema s_match = Shape.Object("Conditions on a request, all of which must hold.",
        Text("name", "Name of the match, for logs."),
        Of("uri", IstioKinds.StringMatch("Path of the request, without the query. A prefix is a plain string prefix.")),
        Of("scheme", IstioKinds.StringMatch("Scheme of the request: http or https.")),
        Of("method", IstioKinds.StringMatch("Method of the request.")),
        Of("authority", IstioKinds.StringMatch("Authority of the request: the Host header.")),
        Map("headers", "Headers of the request by lower-case name. A match with neither exact, prefix nor regex asks that the header be present.",
            IstioKinds.StringMatch("How the header's value is matched.")),
        Port("port", "Port of the service."),
        TextMap("sourceLabels", "Labels of the calling workload."),
        Texts("gateways", "Gateways that the match applies on; overrides those of the VirtualService."),
        Map("queryParams", "Query parameters of the request by name. A match with neither exact, prefix nor regex asks that the parameter be present.",
            IstioKinds.StringMatch("How the parameter's value is matched.")),
        Flag("ignoreUriCase", "Whether exact and prefix matches of the path disregard case."),
        Map("withoutHeaders", "Headers that must not match, by lower-case name.", IstioKinds.StringMatch("What the header's value must not be.")),
        Text("sourceNamespace", "Namespace of the calling workload."),
        Text("statPrefix", "Prefix of statistics for requests that match.").NotYet());

    private static readonly Schema s_headerOperations = Shape.Object("Changes of headers.",
        TextMap("set", "Headers that are overwritten."),
        TextMap("add", "Headers that are appended."),
        Texts("remove", "Names of headers that are removed."));

    private static readonly Schema s_headers = Shape.Object("Changes of request and response headers.",
        Of("request", s_headerOperations, "Changes before the request is forwarded."),
        Of("response", s_headerOperations, "Changes before the response is returned."));

    private static readonly Schema s_percent = Shape.Object("A percentage.", Number("value", "From 0 to 100.", 0, 100));

    private static readonly Schema s_routeDestination = Shape.Object("A destination and its share of the requests.",
        Of("destination", Destination).Required(),
        Integer("weight", "Share of the requests: weight divided by the sum of the weights. Not needed for a single destination.", 0),
        Of("headers", s_headers));

    private static readonly Schema s_redirect = Shape.Object("A redirect that answers the request.",
        Text("uri", "Path that replaces the request's whole path."),
        Text("prefixRewrite", "Path that replaces the matched prefix."),
        Text("authority", "Authority that replaces the request's."),
        Port("port", "Port of the location."),
        Choice("derivePort", "Where the port comes from when none is given.", "FROM_PROTOCOL_DEFAULT", "FROM_REQUEST_PORT"),
        Text("scheme", "Scheme of the location: http or https."),
        Integer("redirectCode", "Status code: 301 (the default), 302, 303, 307 or 308.", 300, 399));

    private static readonly Schema s_directResponse = Shape.Object("A fixed response.",
        Integer("status", "Status code.", 200, 599).Required(),
        Object("body", "Body of the response.",
            Text("string", "The body as text."),
            Text("bytes", "The body in base64.", "byte")));

    private static readonly Schema s_rewrite = Shape.Object("Changes of path and authority before the request is forwarded.",
        Text("uri", "Path, or replacement of the matched prefix."),
        Text("authority", "Authority."),
        Object("uriRegexRewrite", "Changes of the path by regular expression.",
            Text("match", "RE2 regular expression."),
            Text("rewrite", "Replacement; \\1 and so on stand for groups.")));

    private static readonly Schema s_retries = Shape.Object("Retries of failed requests.",
        Integer("attempts", "How often a request is retried at most; 0 switches retries off. Without a retries block it is 2.", 0),
        Duration("perTryTimeout", "Timeout of each attempt; the route's timeout by default."),
        Text("retryOn", "Conditions for a retry, separated by commas: connect-failure, refused-stream, 5xx, gateway-error, reset, retriable-4xx, a status code, … Requests "
            + "of every method are retried on what is listed here. Without it: connect-failure, refused-stream, unavailable and cancelled, and, for idempotent "
            + "methods, reset (a try that took longer than perTryTimeout is one) and 503."),
        Flag("retryRemoteLocalities", "Whether retries may go to other localities."),
        Flag("retryIgnorePreviousHosts", "Whether retries avoid endpoints that were tried already; true by default."),
        Duration("backoff", "Shortest pause between attempts; 25 ms by default."));

    private static readonly Schema s_fault = Shape.Object("Faults injected into requests, to test how callers cope.",
        Object("delay", "A delay before forwarding.",
            Integer("percent", "Percentage of requests.", 0, 100).Deprecated("write percentage.value"),
            Duration("fixedDelay", "How long the request is held."),
            Duration("exponentialDelay", "Never implemented."),
            Of("percentage", s_percent, "Percentage of requests; none when not given.")),
        Object("abort", "An error instead of forwarding.",
            Integer("percent", "Percentage of requests.", 0, 100).Deprecated("write percentage.value"),
            Integer("httpStatus", "HTTP status.", 200, 599),
            Text("grpcStatus", "gRPC status by name, such as UNAVAILABLE."),
            Text("http2Error", "Never implemented."),
            Of("percentage", s_percent, "Percentage of requests; none when not given.")));

    private static readonly Schema s_cors = Shape.Object("Cross-origin resource sharing.",
        Texts("allowOrigin", "Origins allowed, exactly; '*' for any.").Deprecated("write allowOrigins with exact"),
        List("allowOrigins", "Origins allowed.", IstioKinds.StringMatch("How the origin is matched.")),
        Texts("allowMethods", "Methods allowed."),
        Texts("allowHeaders", "Request headers allowed."),
        Texts("exposeHeaders", "Response headers that scripts may read."),
        Duration("maxAge", "How long a preflight answer may be cached, in whole seconds."),
        Flag("allowCredentials", "Whether credentials may be sent."),
        Choice("unmatchedPreflights", "What happens to preflight requests of other origins; FORWARD by default.", "UNSPECIFIED", "FORWARD", "IGNORE"));

    public static readonly Schema Route = Shape.Object("A rule: requests that match one of the matches go where the rule says.",
        Text("name", "Name of the rule, for logs and metrics."),
        List("match", "Alternatives, one of which must hold; none match everything.", s_match),
        List("route", "Where requests go, by weight.", s_routeDestination),
        Of("redirect", s_redirect),
        Of("directResponse", s_directResponse),
        Object("delegate", "Another VirtualService that has the rules.",
            Text("name", "Its name."),
            Text("namespace", "Its namespace; this one's by default.")),
        Of("rewrite", s_rewrite),
        Duration("timeout", "Time for the whole request, retries included; none by default."),
        Of("retries", s_retries),
        Of("fault", s_fault),
        Of("mirror", Destination, "Where a copy of each request is sent; its response is dropped."),
        List("mirrors", "Where copies of requests are sent.", Shape.Object("A mirror.",
            Of("destination", Destination).Required(),
            Of("percentage", s_percent, "Percentage of requests; all when not given."))),
        Integer("mirrorPercent", "Percentage of requests that are mirrored.", 0, 100).Deprecated("write mirrorPercentage.value"),
        Of("mirrorPercentage", s_percent, "Percentage of requests that are mirrored; all when not given."),
        Of("corsPolicy", s_cors),
        Of("headers", s_headers));
}
