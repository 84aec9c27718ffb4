using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Tulle.Protocol;
using Tulle.Protocol.Otlp;
using SpanKind = Tulle.Protocol.Otlp.Span.Types.SpanKind;
using StatusCode = Tulle.Protocol.Otlp.Status.Types.StatusCode;

namespace Tulle.ControlPlane.Insight.Traces;

/// <summary>Puts proxies' spans into OpenTelemetry's form: its semantic conventions for HTTP and RPC, and the mesh's own under <c>tulle.</c></summary>
internal static class ProxySpans
{
    /// <summary>Methods that may be an attribute (RFC 9110, RFC 5789); others are <c>_OTHER</c>, so that nobody floods an index.</summary>
    private static readonly HashSet<string> s_methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];

    /// <summary>The attribute that has a request's <c>x-request-id</c>.</summary>
    public const string RequestId = "tulle.request_id";

    /// <param name="pod">Whose proxy reported it; null when it is not known (yet).</param>
    /// <param name="reporter">The proxy.</param>
    /// <returns>Null when it has no valid ids.</returns>
    public static TraceSpan? Of(ProxySpan span, WorkloadPod? pod, ProxyId reporter)
    {
        if (!TraceSpan.TryReadTraceId(span.TraceId.Span, out UInt128 trace) || span.SpanId == 0) return null;
        bool inbound = span.Direction == Direction.Inbound;
        string workload = pod?.Workload ?? "";
        return new TraceSpan
        {
            TraceId = trace,
            SpanId = span.SpanId,
            ParentId = span.ParentId,
            Source = inbound ? SpanSource.Inbound : SpanSource.Outbound,
            KeptFor = span.Sampled ? KeptFor.Sampled : span.Failed ? KeptFor.Error : KeptFor.Slow,
            Namespace = reporter.Namespace,
            Service = pod?.Services.FirstOrDefault() ?? (workload.Length > 0 ? workload[(workload.IndexOf('/') + 1)..] : reporter.Pod),
            Workload = workload,
            Pod = reporter.Pod,
            Route = span.Route,
            Rule = span.Rule,
            Status = (int)span.Status,
            Span = Convert(span, inbound),
        };
    }

    private static Span Convert(ProxySpan span, bool inbound)
    {
        bool grpc = IsGrpc(span);
        var result = new Span
        {
            TraceId = span.TraceId,
            SpanId = ByteString.CopyFrom(TraceSpan.Bytes(span.SpanId)),
            ParentSpanId = span.ParentId == 0 ? ByteString.Empty : ByteString.CopyFrom(TraceSpan.Bytes(span.ParentId)),
            TraceState = span.TraceState,
            Name = NameOf(span, grpc),
            Kind = inbound ? SpanKind.Server : SpanKind.Client,
            StartTimeUnixNano = span.StartMicros * 1_000,
            EndTimeUnixNano = (span.StartMicros + span.DurationMicros) * 1_000,
            Flags = span.Sampled ? 1u : 0,
        };
        RepeatedField<KeyValue> attributes = result.Attributes;
        WriteRequest(attributes, span, inbound, grpc);
        WriteResponse(attributes, span, grpc);
        WriteMesh(attributes, span);
        foreach (SpanTag tag in span.Tags) attributes.Text(tag.Name, tag.Value);
        if (span.Failed) result.Status = new Status { Code = StatusCode.Error, Message = MessageOf(span, grpc) };
        return result;
    }

    private static void WriteRequest(RepeatedField<KeyValue> attributes, ProxySpan span, bool inbound, bool grpc)
    {
        bool known = s_methods.Contains(span.Method);
        attributes.Text("http.request.method", known || span.Method.Length == 0 ? span.Method : "_OTHER");
        if (!known) attributes.Text("http.request.method_original", span.Method);
        attributes.Text("url.scheme", span.Scheme);
        attributes.Text("url.path", span.Path);
        WriteAddress(attributes, "server", span.Authority);
        WriteAddress(attributes, "network.peer", span.PeerAddress);
        if (inbound) attributes.Text("client.address", HostOf(span.PeerAddress));
        attributes.Text("network.protocol.name", "http");
        attributes.Text("network.protocol.version", span.HttpVersion);
        attributes.Text("user_agent.original", span.UserAgent);
        if (span.RequestBytes > 0) attributes.Number("http.request.body.size", (long)span.RequestBytes);
        if (inbound && span.Route.Length > 0) attributes.Text("http.route", PathOf(span.Route));
        if (!grpc) return;
        attributes.Text("rpc.system", "grpc");
        int slash = span.Path.LastIndexOf('/');
        if (slash > 0) attributes.Text("rpc.service", span.Path[1..slash]);
        attributes.Text("rpc.method", span.Path[(slash + 1)..]);
    }

    private static void WriteResponse(RepeatedField<KeyValue> attributes, ProxySpan span, bool grpc)
    {
        if (span.Status > 0) attributes.Number("http.response.status_code", span.Status);
        if (span.ResponseBytes > 0) attributes.Number("http.response.body.size", (long)span.ResponseBytes);
        if (span.HasGrpcStatus) attributes.Number("rpc.grpc.status_code", span.GrpcStatus);
        if (span.Failed) attributes.Text("error.type", ErrorOf(span, grpc));
        if (span.Attempts > 1) attributes.Number("http.request.resend_count", span.Attempts - 1);
    }

    private static void WriteMesh(RepeatedField<KeyValue> attributes, ProxySpan span)
    {
        if (span.Service is { } service)
            attributes.Text("tulle.service", $"{service.Name}{(service.Namespace.Length > 0 ? "." : "")}{service.Namespace}{(service.Port > 0 ? $":{service.Port}" : "")}");
        attributes.Text("tulle.route", span.Route);
        attributes.Text("tulle.rule", span.Rule);
        attributes.Text("tulle.backend", span.Backend);
        int bar = span.Backend.IndexOf('|', StringComparison.Ordinal);
        if (bar >= 0) attributes.Text("tulle.subset", span.Backend[(bar + 1)..]);
        if (span.Attempts > 0) attributes.Number("tulle.attempts", span.Attempts);
        attributes.Text("tulle.mesh_error", span.MeshError);
        attributes.Flag("tulle.mtls", span.PeerIdentity.Length > 0);
        attributes.Text("tulle.peer.identity", span.PeerIdentity);
        attributes.Text("tulle.peer.workload", span.PeerWorkload);
        attributes.Text(RequestId, span.RequestId);
        if (span.ResponseMicros > 0) attributes.Number("tulle.response_micros", (long)span.ResponseMicros);
    }

    /// <summary>With a low number of values: method and named route, or what gRPC calls the method.</summary>
    private static string NameOf(ProxySpan span, bool grpc)
    {
        if (grpc && span.Path.Length > 1) return span.Path[1..];
        if (span.Route.Length == 0) return span.Method.Length > 0 ? span.Method : "HTTP";
        return span.Route.StartsWith(span.Method + " ", StringComparison.Ordinal) ? span.Route : $"{span.Method} {span.Route}";
    }

    private static string ErrorOf(ProxySpan span, bool grpc)
    {
        if (span.MeshError.Length > 0) return span.MeshError;
        return grpc && span.HasGrpcStatus && span.GrpcStatus > 0 ? span.GrpcStatus.ToString(CultureInfo.InvariantCulture)
            : span.Status > 0 ? span.Status.ToString(CultureInfo.InvariantCulture) : "_OTHER";
    }

    private static string MessageOf(ProxySpan span, bool grpc)
    {
        if (span.CutOff) return $"the response was cut off: {span.MeshError}";
        if (span.MeshError.Length > 0) return $"answered by the mesh: {span.MeshError}";
        return grpc && span.HasGrpcStatus && span.GrpcStatus > 0 ? $"gRPC status {span.GrpcStatus}" : $"HTTP status {span.Status}";
    }

    private static bool IsGrpc(ProxySpan span) => span.HasGrpcStatus;

    private static string PathOf(string route)
    {
        int slash = route.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? route : route[slash..];
    }

    private static void WriteAddress(RepeatedField<KeyValue> attributes, string prefix, string address)
    {
        string host = HostOf(address);
        attributes.Text($"{prefix}.address", host);
        int colon = address.LastIndexOf(':');
        if (colon >= host.Length && int.TryParse(address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port)) attributes.Number($"{prefix}.port", port);
    }

    /// <summary>Without the port and an IPv6 address' brackets.</summary>
    private static string HostOf(string address)
    {
        if (address.StartsWith('[')) return address.IndexOf(']', StringComparison.Ordinal) is > 0 and var end ? address[1..end] : address;
        int colon = address.LastIndexOf(':');
        return colon > 0 ? address[..colon] : address;
    }
}
