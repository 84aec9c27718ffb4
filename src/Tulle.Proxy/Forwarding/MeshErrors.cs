using System.Globalization;
using System.Text;
using Tulle.Http;
using Tulle.Protocol;

namespace Tulle.Proxy.Forwarding;

/// <summary>
/// The one table of errors that the mesh makes itself: what the client is told, who is to blame, and whether the same
/// request may be sent again because it provably was not processed.
/// </summary>
internal sealed class MeshErrorModel
{
    public required int Status { get; init; }

    /// <summary>Value of the <c>tulle-error</c> header, and the label of the metric.</summary>
    public required string Token { get; init; }

    /// <summary>One sentence: what happened, and where to look.</summary>
    public required string Text { get; init; }

    public required Side Side { get; init; }

    /// <summary>The request was not processed by anyone.</summary>
    public required bool SafeToRetry { get; init; }

    /// <summary>How the access log abbreviates it: Envoy's letters, which operators know.</summary>
    public required ResponseFlags Flag { get; init; }

    /// <summary>Envoy's words for it in the access log's RESPONSE_CODE_DETAILS, or our token where it has none.</summary>
    public required string Details { get; init; }

    /// <summary>What a gRPC client is told: the code that the gRPC project maps <see cref="Status"/> to, or a better one.</summary>
    public required int GrpcStatus { get; init; }

    public required MeshError Error { get; init; }

    /// <summary>What an HTTP client is told.</summary>
    public LocalAnswer Answer => field ??= AnswerOf(Status, Text, close: false);

    /// <summary>The same, after which an HTTP/1.1 connection ends.</summary>
    public LocalAnswer ClosingAnswer => field ??= AnswerOf(Status, Text, close: true);

    /// <summary>What a gRPC client is told: a trailers-only response (gRPC over HTTP/2, "Responses").</summary>
    public LocalAnswer GrpcAnswer => field ??= new LocalAnswer
    {
        Error = Error,
        Status = 200,
        Fields =
        [
            new FieldLine("content-type", "application/grpc"),
            new FieldLine("grpc-status", GrpcStatus.ToString(CultureInfo.InvariantCulture)),
            new FieldLine("grpc-message", Text),
            new FieldLine(ProtocolNames.ErrorHeader, Token),
        ],
    };

    /// <summary>An answer with this reason and another status and text.</summary>
    public LocalAnswer AnswerOf(int status, string text, bool close) => new()
    {
        Error = Error,
        Status = status,
        Fields = [new FieldLine("content-type", "text/plain; charset=utf-8"), new FieldLine(ProtocolNames.ErrorHeader, Token)],
        Body = Encoding.UTF8.GetBytes(text + "\n"),
        Close = close,
    };

    public byte[] TokenBytes => field ??= Encoding.ASCII.GetBytes(Token);

    public byte[] TextBytes => field ??= Encoding.ASCII.GetBytes(Text);
}

/// <inheritdoc cref="MeshErrorModel"/>
internal static class MeshErrors
{
    private const string Overflow = "upstream_reset_before_response_started{overflow}";

    private static readonly MeshErrorModel[] Table = Build();

    /// <summary>How many there are.</summary>
    public const int Count = (int)MeshError.RewriteFailed + 1;

    public static MeshErrorModel Of(MeshError error) => Table[(int)error];

    private static MeshErrorModel[] Build()
    {
        var table = new MeshErrorModel[Count];
        Add(MeshError.None, 500, "none", Side.Local, false, ResponseFlags.None, "", 13, "no error");
        Add(MeshError.BadRequest, 400, "bad-request", Side.Downstream, true, ResponseFlags.DownstreamProtocol, "http1.codec_error", 13,
            "the request is not valid HTTP/1.1");
        Add(MeshError.HeaderTooLarge, 431, "header-too-large", Side.Downstream, true, ResponseFlags.DownstreamProtocol, "request_headers_too_large", 8,
            "the request's header section is larger than 60 KiB or has more than 100 fields");
        Add(MeshError.TargetTooLong, 414, "target-too-long", Side.Downstream, true, ResponseFlags.DownstreamProtocol, "", 8,
            "the request target is longer than 8 KiB");
        Add(MeshError.NotSupported, 501, "not-supported", Side.Downstream, true, ResponseFlags.DownstreamProtocol, "", 12,
            "the request uses a version of HTTP, a transfer coding or a tunnel that this proxy does not speak");
        Add(MeshError.RequestTimeout, 408, "request-timeout", Side.Downstream, true, ResponseFlags.StreamIdle, "request_header_timeout", 4,
            "the request's head did not arrive in time");
        Add(MeshError.MtlsRequired, 403, "mtls-required", Side.Downstream, true, ResponseFlags.None, "", 7,
            "this port takes mesh mTLS only (PeerAuthentication STRICT): call it through the mesh, or set its mode to PERMISSIVE");
        Add(MeshError.DiscoveryTimeout, 503, "discovery-timeout", Side.Local, true, ResponseFlags.NoCluster, "", 14,
            "the control plane did not say in time where this authority is: see whether it runs, and /config of this proxy");
        Add(MeshError.NameNotFound, 502, "name-not-found", Side.Downstream, true, ResponseFlags.DnsFailed, "dns_resolution_failure", 14,
            "the authority is neither a service of the mesh nor a name that DNS resolves: check its spelling and namespace");
        Add(MeshError.NoBackend, 503, "no-backend", Side.Local, true, ResponseFlags.NoCluster, "cluster_not_found", 14,
            "the route that matches this request has no backend");
        Add(MeshError.NoEndpoints, 503, "no-endpoints", Side.Upstream, true, ResponseFlags.NoHealthyUpstream, "no_healthy_upstream", 14,
            "the service has no ready endpoints");
        Add(MeshError.ConnectFailed, 503, "connect-failed", Side.Upstream, true, ResponseFlags.UpstreamConnect, "upstream_reset_before_response_started{connection_failure}", 14,
            "no endpoint accepted a connection");
        Add(MeshError.ConnectTimeout, 504, "connect-timeout", Side.Upstream, true, ResponseFlags.UpstreamConnect, "upstream_reset_before_response_started{connection_timeout}", 14,
            "no endpoint accepted a connection in time");
        Add(MeshError.TlsFailed, 502, "tls-failed", Side.Upstream, true, ResponseFlags.UpstreamConnect, "upstream_reset_before_response_started{TLS_error}", 14,
            "the TLS handshake with the endpoint failed: its certificate or ours is not trusted by the other side");
        Add(MeshError.IdentityMismatch, 502, "identity-mismatch", Side.Upstream, true, ResponseFlags.UpstreamConnect, "upstream_reset_before_response_started{TLS_error}", 14,
            "the endpoint proved an identity that is not the one the mesh expects there");
        Add(MeshError.NoCertificate, 503, "no-certificate", Side.Local, true, ResponseFlags.UpstreamConnect, "", 14,
            "this proxy has no certificate yet: see whether the control plane runs");
        Add(MeshError.UpstreamReset, 502, "upstream-reset", Side.Upstream, false, ResponseFlags.UpstreamClosed, "upstream_reset_before_response_started{connection_termination}", 14,
            "the server closed the connection before its response was complete");
        Add(MeshError.UpstreamProtocol, 502, "upstream-protocol", Side.Upstream, false, ResponseFlags.UpstreamProtocol, "upstream_reset_before_response_started{protocol_error}", 13,
            "the server's response is not valid HTTP/1.1");
        Add(MeshError.UpstreamTimeout, 504, "upstream-timeout", Side.Upstream, false, ResponseFlags.StreamIdle, "stream_idle_timeout", 4,
            "nothing moved in this exchange for too long");
        Add(MeshError.Draining, 503, "draining", Side.Local, true, ResponseFlags.LocalReset, "", 14,
            "this proxy is shutting down and takes no new requests");
        Add(MeshError.Overloaded, 503, "overloaded", Side.Local, true, ResponseFlags.Overload, "overload", 14,
            "too many requests wait for the control plane already");
        Add(MeshError.LoopDetected, 508, "loop-detected", Side.Downstream, true, ResponseFlags.LocalReset, "", 9,
            "the request's destination is this proxy itself");
        Add(MeshError.NoRoute, 404, "no-route", Side.Downstream, true, ResponseFlags.NoRoute, "route_not_found", 5,
            "no rule of this authority's routes matches the request: see /config of this proxy for the rules in force");
        Add(MeshError.NoHealthyEndpoints, 503, "no-healthy-endpoints", Side.Upstream, true, ResponseFlags.NoHealthyUpstream, "no_healthy_upstream", 14,
            "every endpoint of the service is ejected after failures, or fails its health checks");
        Add(MeshError.RouteTimeout, 504, "route-timeout", Side.Upstream, false, ResponseFlags.UpstreamTimeout, "response_timeout", 4,
            "the server did not answer within the route's timeout, with all tries");
        Add(MeshError.PerTryTimeout, 504, "per-try-timeout", Side.Upstream, false, ResponseFlags.UpstreamTimeout, "upstream_per_try_timeout", 4,
            "the server did not answer within the route's timeout of one try");
        Add(MeshError.ResponseTimeout, 504, "response-timeout", Side.Upstream, false, ResponseFlags.UpstreamTimeout, "upstream_response_timeout", 4,
            "the server's response did not begin within the route's response timeout");
        Add(MeshError.StreamIdle, 504, "stream-idle", Side.Upstream, false, ResponseFlags.StreamIdle, "stream_idle_timeout", 4,
            "nothing moved in this exchange for the route's idle timeout");
        Add(MeshError.StreamTooLong, 504, "stream-too-long", Side.Local, false, ResponseFlags.MaxStreamDuration, "max_duration_timeout", 4,
            "the exchange lived longer than its route allows");
        Add(MeshError.TooManyConnections, 503, "too-many-connections", Side.Local, true, ResponseFlags.Overflow, Overflow, 14,
            "the circuit breaker is open: this proxy has as many connections to the service as maxConnections allows");
        Add(MeshError.TooManyPending, 503, "too-many-pending", Side.Local, true, ResponseFlags.Overflow, Overflow, 14,
            "the circuit breaker is open: as many requests as http1MaxPendingRequests allows wait for a connection already");
        Add(MeshError.TooManyRequests, 503, "too-many-requests", Side.Local, true, ResponseFlags.Overflow, Overflow, 14,
            "the circuit breaker is open: as many requests as http2MaxRequests allows are under way already");
        Add(MeshError.QueueTimeout, 503, "queue-timeout", Side.Local, true, ResponseFlags.Overflow, Overflow, 14,
            "no connection to the service became free in time");
        Add(MeshError.LoadShed, 503, "load-shed", Side.Local, true, ResponseFlags.Overload, "overload", 14,
            "this proxy has as many requests in flight as it takes");
        Add(MeshError.RateLimited, 429, "rate-limited", Side.Local, true, ResponseFlags.RateLimited, "local_rate_limited", 8,
            "the rate limit for these requests is reached; try again later");
        Add(MeshError.FaultAbort, 503, "fault-abort", Side.Local, false, ResponseFlags.FaultInjected, "fault_filter_abort", 14,
            "a fault that the route injects on purpose");
        Add(MeshError.ClientGone, 499, "client-reset", Side.Downstream, false, ResponseFlags.DownstreamClosed, "downstream_remote_disconnect", 1,
            "the client went away before its response was complete");
        Add(MeshError.DownstreamHttp2, 400, "bad-http2", Side.Downstream, true, ResponseFlags.DownstreamProtocol, "http2.violation", 13,
            "the request is not valid HTTP/2");
        Add(MeshError.UpstreamHttp2, 502, "upstream-http2", Side.Upstream, false, ResponseFlags.UpstreamProtocol,
            "upstream_reset_before_response_started{protocol_error}", 13,
            "the server's response is not valid HTTP/2");
        Add(MeshError.StreamReset, 502, "stream-reset", Side.Upstream, false, ResponseFlags.UpstreamReset,
            "upstream_reset_before_response_started{remote_reset}", 14,
            "the server reset the stream before its response was complete");
        Add(MeshError.StreamRefused, 503, "stream-refused", Side.Upstream, true, ResponseFlags.UpstreamReset,
            "upstream_reset_before_response_started{remote_refused_stream_reset}", 14,
            "the server refused the stream without processing the request");
        Add(MeshError.RewriteFailed, 500, "rewrite-failed", Side.Local, true, ResponseFlags.None, "", 13,
            "the route's regular expression rewrite is too expensive for this path, or makes it longer than 8 KiB");
        return table;

        void Add(
            MeshError error, int status, string token, Side side, bool safeToRetry, ResponseFlags flag, string details, int grpcStatus, string text) =>
            table[(int)error] = new MeshErrorModel
            {
                Error = error,
                Status = status,
                Token = token,
                Text = text,
                Side = side,
                SafeToRetry = safeToRetry,
                Flag = flag,
                Details = details.Length == 0 ? token : details,
                GrpcStatus = grpcStatus,
            };
    }
}
