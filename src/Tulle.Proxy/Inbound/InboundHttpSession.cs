using Tulle.Http;
using Tulle.Protocol;
using Tulle.Proxy.AccessLog;
using Tulle.Proxy.Forwarding;
using Tulle.Proxy.Pooling;
using Tulle.Proxy.Telemetry;
using Tulle.Proxy.Tracing;
using Tulle.Transport;

namespace Tulle.Proxy.Inbound;

/// <summary>HTTP from clients of this workload to its application.</summary>
internal sealed class InboundHttpSession(Worker worker, Connection? client, Downstream downstream) : HttpSession(worker, client, downstream)
{
    private int _routeName;

    // Changes between requests where streams are served.
    private InboundOrigin Origin => (InboundOrigin)Downstream.Origin;

    // One hop before, what the application speaks matters; without a word about it, it speaks what its clients do.
    protected override bool SpeaksHttp2 => Origin.Port.Policy.Protocol switch
    {
        Protocol.Protocol.Http1 => false,
        Protocol.Protocol.Http2 => true,
        _ => !Downstream.IsHttp1 && !Origin.IsUpgraded,
    };

    protected override Step Route(out MeshError error)
    {
        error = MeshError.None;
        InboundOrigin origin = Origin;
        InboundPortModel policy = origin.Port.Policy;
        RequestView request = Downstream.Request;
        _routeName = policy.Names.Find(request);
        Exchange.Series = origin.Series(policy, _routeName);
        if (Worker.Tap.IsActive) Tap(policy, request);
        Exchange.RequestEdits.Add(origin.IdentityEdits);
        Exchange.Policies.Begin(policy.Rate, null, origin.Port.Limits);
        if (policy.Rate.RateLimit is not null) Exchange.Policies.RateLimiter = origin.Port.RateLimiter;
        if (policy.Mode != MtlsMode.MtlsStrict) return Step.Done;
        Worker.Metrics.Connections.CountStrict(allowed: origin.PeerIdentity.Length > 0);
        if (origin.PeerIdentity.Length > 0) return Step.Done;

        // Known connections too: the mode may have become strict after this one was accepted.
        error = MeshError.MtlsRequired;
        return Step.Failed;
    }

    // One application: a second attempt on a new connection is the way out when a pooled one was stale.
    protected override EndpointPool? PickEndpoint() => Origin.Port.Application;

    protected override bool HasEndpoints => true;

    protected override string ClientIdentity => Origin.PeerIdentity;

    protected override AccessLogModel? AccessLogFormat =>
        Origin.Port.Policy is { HasAccessLog: true } policy ? policy.AccessLog : base.AccessLogFormat;

    protected override TracingModel TracingPolicy => Origin.Port.Policy.Tracing ?? base.TracingPolicy;

    protected override void Describe(ref AccessLogEntry entry)
    {
        entry.UpstreamHost = Exchange.Attempt > 0 ? Origin.Port.Application.Key : "";
        entry.UpstreamCluster = "application";
        entry.DownstreamIdentity = Origin.PeerIdentity;
    }

    protected override bool IsFailure(int status) => Origin.Port.Policy.Names.IsFailure(_routeName, status);

    private void Tap(InboundPortModel policy, in RequestView request)
    {
        InboundOrigin origin = Origin;
        var info = new TapRequestInfo(
            Direction.Inbound, origin.PeerText, origin.Port.ListenText, origin.PeerIdentity.Length > 0, origin.PeerIdentity,
            policy.ServiceNamespace, policy.ServiceName);
        Exchange.TapStream = Worker.Tap.OnRequest(info, request.Method, request.Authority, request.Path, request.Fields);
    }
}
