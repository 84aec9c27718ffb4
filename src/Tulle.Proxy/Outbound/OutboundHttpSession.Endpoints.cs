using Tulle.Proxy.Balancing;
using Tulle.Proxy.Forwarding;
using Tulle.Proxy.Pooling;
using Tulle.Proxy.Resilience;

namespace Tulle.Proxy.Outbound;

// Which of the backend's endpoints each attempt goes to, and what is learned of it.
internal sealed partial class OutboundHttpSession
{
    private Candidate? _target;
    private bool _begun;
    private bool _isProbe;

    protected override bool SpeaksHttp2 => SpeaksHttp2To(_target is { State.Model.IsMeshed: true });

    protected override EndpointPool? PickEndpoint()
    {
        PolicyState policies = Exchange.Policies;
        LoadBalancerModel balancer = _backend!.Model.LoadBalancer;
        if (balancer.HashKey is { } key && !policies.IsHashed) Hash(key, policies);
        var request = new PickRequest
        {
            Hash = policies.Hash,
            HasHash = policies.IsHashed && policies.HasHash,
            Original = balancer.IsPassthrough ? _destination!.Authority : null,
            Tried = policies.Route.Retries.SameEndpoint ? null : policies.Tried,
            AvoidTriedPriorities = policies.Route.Retries.OtherLocalities,
        };
        return Use(_backend.Pick(request, out _isProbe));
    }

    protected override EndpointPool? PickIdleEndpoint()
    {
        if (_backend!.PickIdle(SpeaksHttp2To(isMeshed: true), SpeaksHttp2To(isMeshed: false), Exchange.Policies.Tried) is not { } idle) return null;
        DropEndpoint();
        return Use(idle);
    }

    protected override void DropEndpoint()
    {
        if (!_begun) return;
        _begun = false;
        _target!.State.EndWithoutSample();
        if (_isProbe) _backend!.Observe(_target, AttemptResult.Unknown, 0, AttemptOutcome.NoGrpcStatus, isProbe: true);
        _isProbe = false;
    }

    protected override bool HasEndpoints => _backend!.HasEndpoints;

    protected override void OnConnected() => _target?.State.OnConnected();

    protected override void OnAttemptEnded(bool failed)
    {
        if (!_begun) return;
        _begun = false;
        Candidate target = _target!;
        long now = Loop.NowMicros;
        if (Error is MeshError.ConnectFailed or MeshError.ConnectTimeout or MeshError.TlsFailed or MeshError.Draining) target.State.OnConnectFailed(now);
        if (failed || Exchange.ResponseMicros == 0) target.State.EndWithoutSample();
        else target.State.End(now, Exchange.ResponseMicros - Exchange.AttemptMicros);
        PolicyState policies = Exchange.Policies;
        policies.Tried.Add(target);
        AttemptResult result = ResultOf(policies.AttemptStatus);
        target.State.Counters.Record(result, policies.AttemptStatus, Error, now);
        if (target.Health is not null) _backend!.Observe(target, result, policies.AttemptStatus, policies.AttemptGrpcStatus, _isProbe);
        _isProbe = false;
    }

    /// <summary>What the attempt says about its endpoint: a response is one, whatever became of it later.</summary>
    private AttemptResult ResultOf(int status)
    {
        if (status > 0) return AttemptResult.Response;
        return MeshErrors.Of(Error).Side == Side.Upstream && Error is not (MeshError.NoEndpoints or MeshError.NoHealthyEndpoints or MeshError.Draining)
            ? AttemptResult.LocalFailure
            : AttemptResult.Unknown;
    }

    // Between proxies messages stay what they are: the sidecar next to the server translates where it must.
    private bool SpeaksHttp2To(bool isMeshed) => _backend!.Protocol switch
    {
        Protocol.Protocol.Http1 or Protocol.Protocol.Http2 when isMeshed => !Downstream.IsHttp1,
        Protocol.Protocol.Http1 => false,
        Protocol.Protocol.Http2 => true,
        _ => !Downstream.IsHttp1 && !Origin.IsUpgraded,
    };

    private EndpointPool? Use(Candidate? picked)
    {
        _target = picked;
        Exchange.Series = picked is null ? _backend!.SeriesWithoutEndpoint : _backend!.Series(picked.State, _routeName);
        if (Worker.Tap.IsActive && Exchange.TapStream == 0) Tap();
        if (picked is null) return null;
        picked.State.Begin();
        _begun = true;
        return _backend.PoolOf(picked);
    }

    /// <summary>Once per request: its tries have the same hash, and a client without a cookie gets one.</summary>
    private void Hash(HashKeyModel key, PolicyState policies)
    {
        Span<byte> address = stackalloc byte[16];
        int length = 0;
        if (key.NeedsSource) Origin.Peer.Address.TryWriteBytes(address, out length);
        policies.IsHashed = true;
        policies.HasHash = key.TryHash(Downstream.Request, address[..length], out ulong hash);
        if (!policies.HasHash && key.Cookie is { } cookie)
        {
            Exchange.ResponseEdits.Add(cookie.NewField(Worker.Random, out hash));
            policies.HasHash = true;
        }
        policies.Hash = hash;
    }
}
