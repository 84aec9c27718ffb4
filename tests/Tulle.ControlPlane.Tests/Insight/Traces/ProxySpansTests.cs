using Google.Protobuf;
using Tulle.ControlPlane.Insight;
using Tulle.ControlPlane.Insight.Traces;
using Tulle.Protocol;
using static Tulle.ControlPlane.Tests.Insight.SpanSamples;
using SpanKind = Tulle.Protocol.Otlp.Span.Types.SpanKind;

namespace Tulle.ControlPlane.Tests.Insight.Traces;

/// <summary>Proxies' spans in OpenTelemetry's form.</summary>
public sealed class ProxySpansTests
{
    [Fact]
    public void Of_ServerSpan_FollowsTheConventionsOfHttp()
    {
        ProxySpan span = Span(2, 1, Direction.Inbound);
        span.Route = "GET /users/{id}";
        span.Rule = "virtualservice/default/users#0";
        span.Backend = "users.default:80|v2";
        span.Service = new ServiceReference { Namespace = "default", Name = "users", Port = 80 };
        span.PeerAddress = "127.64.0.3:4711";
        span.PeerIdentity = "spiffe://cluster.local/ns/default/sa/web";
        span.UserAgent = "curl";
        span.Attempts = 3;
        span.Tags.Add(new SpanTag { Name = "stage", Value = "test" });
        TraceSpan kept = Kept(span, "users");

        Assert.Equal((SpanSource.Inbound, "users", "deployment/users", "users-0"), (kept.Source, kept.Service, kept.Workload, kept.Pod));
        Assert.Equal(("GET /users/{id}", SpanKind.Server, false), (kept.Span.Name, kept.Span.Kind, kept.IsError));
        Assert.Equal(
            "http.request.method=GET url.scheme=http url.path=/users/7 server.address=users server.port=80 network.peer.address=127.64.0.3 network.peer.port=4711 "
            + "client.address=127.64.0.3 network.protocol.name=http network.protocol.version=1.1 user_agent.original=curl http.route=/users/{id} "
            + "http.response.status_code=200 http.request.resend_count=2 tulle.service=users.default:80 tulle.route=GET /users/{id} "
            + "tulle.rule=virtualservice/default/users#0 tulle.backend=users.default:80|v2 tulle.subset=v2 tulle.attempts=3 tulle.mtls=True "
            + "tulle.peer.identity=spiffe://cluster.local/ns/default/sa/web stage=test",
            Attributes(kept));
    }

    [Fact]
    public void Of_GrpcFailure_HasItsStatusAndMethod()
    {
        ProxySpan span = Span(2, 1, Direction.Outbound);
        (span.Method, span.Path, span.GrpcStatus, span.Failed, span.HttpVersion) = ("POST", "/shop.v1.Users/Get", 14, true, "2");
        TraceSpan kept = Kept(span);
        Assert.Equal(("shop.v1.Users/Get", SpanKind.Client, true, "gRPC status 14"), (kept.Span.Name, kept.Span.Kind, kept.IsError, kept.Span.Status.Message));
        Assert.Contains("rpc.system=grpc rpc.service=shop.v1.Users rpc.method=Get", Attributes(kept), StringComparison.Ordinal);
        Assert.Contains("rpc.grpc.status_code=14 error.type=14", Attributes(kept), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_MeshError_NamesTheReason()
    {
        ProxySpan span = Span(2, 1, Direction.Outbound);
        (span.Status, span.MeshError, span.Failed, span.Sampled) = (503, "no-endpoints", true, false);
        TraceSpan kept = Kept(span);
        Assert.Equal((KeptFor.Error, "answered by the mesh: no-endpoints"), (kept.KeptFor, kept.Span.Status.Message));
        Assert.Contains("error.type=no-endpoints", Attributes(kept), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_UnknownMethodAndPod_AreNamedAsTheyAre()
    {
        ProxySpan span = Span(2, 1, Direction.Outbound);
        (span.Method, span.Authority, span.PeerAddress) = ("BREW", "[::1]:8080", "");
        TraceSpan kept = ProxySpans.Of(span, null, new ProxyId("default", "web-0"))!;
        Assert.Equal(("web-0", ""), (kept.Service, kept.Workload));
        Assert.StartsWith(
            "http.request.method=_OTHER http.request.method_original=BREW url.scheme=http url.path=/users/7 server.address=::1 server.port=8080", Attributes(kept), StringComparison.Ordinal);
    }

    [Fact]
    public void Of_InvalidIds_IsNone()
    {
        ProxySpan span = Span(2, 1, Direction.Outbound);
        span.TraceId = ByteString.CopyFrom(new byte[16]);
        Assert.Null(ProxySpans.Of(span, null, default));
        span.TraceId = ByteString.CopyFrom(new byte[3]);
        Assert.Null(ProxySpans.Of(span, null, default));
        Assert.Null(ProxySpans.Of(Span(0, 1, Direction.Outbound), null, default));
    }

    private static string Attributes(TraceSpan span) => string.Join(' ', span.Span.Attributes.Select(a =>
        $"{a.Key}={(a.Value.HasStringValue ? a.Value.StringValue : a.Value.HasBoolValue ? a.Value.BoolValue : a.Value.IntValue)}"));
}
