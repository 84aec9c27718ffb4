using System.Text;
using Tulle.Http;
using Tulle.Protocol;
using Tulle.Proxy.AccessLog;
using Tulle.Proxy.Balancing;
using Tulle.Proxy.Forwarding;
using Tulle.Proxy.Pooling;
using Tulle.Proxy.Resilience;
using Tulle.Proxy.Routing;
using Tulle.Proxy.Routing.Overrides;
using Tulle.Proxy.Telemetry;
using Tulle.Proxy.Tracing;
using Tulle.Transport;

namespace Tulle.Proxy.Outbound;

/// <summary>HTTP from this workload's application to wherever its authority leads.</summary>
internal sealed class OutboundHttpSession(Worker worker, Connection? client, Downstream downstream) : HttpSession(worker, client, downstream)
{
    private DestinationState? _destination;
    private DestinationModel? _model;
    private BackendState? _backend;
    private Candidate? _target;
    private bool _begun;
    private bool _isProbe;
    private int _routeName;
    private bool _waiting;

    // Changes between requests where streams are served.
    private OutboundOrigin Origin => (OutboundOrigin)Downstream.Origin;

    protected override bool SpeaksHttp2 => SpeaksHttp2To(_target is { State.Model.IsMeshed: true });

    protected override Session? TakeOver()
    {
        if (Method != KnownMethod.Connect || Client is null) return null;
        byte[] target = Downstream.Request.Authority.ToArray();
        Connection client = Downstream.TakeConnection()!;
        HandOver();
        return new ConnectSession(Worker, client, target);
    }

    protected override Step Route(out MeshError error)
    {
        _target = null;
        _backend = null;
        if (!_waiting)
        {
            // HTTP/2 clients say https where they got TLS from somebody else; only HTTP/1.1's absolute form asks us for it.
            if (Downstream.IsHttp1 && Ascii.EqualsIgnoreCase(Downstream.Request.Scheme, "https"u8))
            {
                // Whoever wants TLS to the server asks for a tunnel; answering in plaintext would betray what is in the request.
                error = MeshError.NotSupported;
                return Step.Failed;
            }
            _destination = Worker.Destinations.Find(Origin.Authority ?? Downstream.Request.Authority, out error);
            if (_destination is null) return Step.Failed;
        }
        Step known = _destination!.Await(this, out error);
        _waiting = known == Step.Wait;
        if (known != Step.Done) return known;

        DestinationModel model = _model = _destination.Model!;
        if (model.Resolution == Resolution.NotFound)
        {
            _routeName = -1;
            _backend = _destination.External.Backend;
            Exchange.Policies.Begin(Overridden(RoutePolicyModel.Default), null, _backend!.Limits);
        }
        else
        {
            RequestView view = Downstream.Request;
            _routeName = model.Names.Find(view);
            Exchange.Series = _destination.Series(_routeName);
            Exchange.Route = model.FindRoute(view);
            if (Exchange.Route is null)
            {
                error = MeshError.NoRoute;
                return Step.Failed;
            }
            Exchange.Share = Exchange.Route.PickShare(Worker.Random);
            if (Exchange.Share is not null) _backend = _destination.Backends[Exchange.Share.Backend];
            if (_backend is null) return Step.Done;
            Exchange.Policies.Begin(Overridden(Exchange.Route.Policy), _destination.Shared, _backend.Limits);
            Exchange.Policies.RateLimiter = Exchange.Route.Policy.RateLimit is null ? null : _destination.Shared.LimiterOf(Exchange.Route.Name);
        }
        return Step.Done;
    }

    /// <summary>The policy with what the request asks for, where that is allowed; what asks goes no further in any case.</summary>
    private RoutePolicyModel Overridden(RoutePolicyModel policy)
    {
        FieldsView fields = Downstream.Request.Fields;
        if (!RequestOverrides.MayBeIn(fields)) return policy;
        Exchange.RequestEdits.Add(RequestOverrides.Strip);
        OverrideDialects dialects = Worker.Config.Overrides;
        return dialects == OverrideDialects.None ? policy : RequestOverrides.Apply(policy, fields, dialects);
    }

    protected override void OnRouteTimeout()
    {
        _waiting = false;
        _destination?.StopWaiting(this);
    }

    protected override AccessLogModel? AccessLogFormat =>
        _destination?.Model is { HasAccessLog: true } model ? model.AccessLog : base.AccessLogFormat;

    protected override TracingModel TracingPolicy => _destination?.Model?.Tracing ?? base.TracingPolicy;

    protected override void Describe(ref AccessLogEntry entry)
    {
        entry.UpstreamHost = _target?.State.Model.Key ?? "";
        entry.UpstreamIdentity = _target?.State.Model.Identity ?? "";
        entry.UpstreamCluster = _backend?.Name ?? "";
    }

    protected override BackendState? BackendAt(int index) => _destination!.Model == _model ? _destination.Backends[index] : null;

    protected override bool IsFailure(int status) => _destination?.Model?.Names.IsFailure(_routeName, status) ?? status >= 500;

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

    private void Tap()
    {
        var info = new TapRequestInfo(
            Direction.Outbound, Origin.PeerText, _target?.State.Model.Key ?? "", _target is { State.Model.IsMeshed: true },
            _target?.State.Model.Identity ?? "", _backend!.Service.Namespace, _backend.Service.Name);
        RequestView view = Downstream.Request;
        Exchange.TapStream = Worker.Tap.OnRequest(info, view.Method, view.Authority, view.Path, view.Fields);
    }
}
