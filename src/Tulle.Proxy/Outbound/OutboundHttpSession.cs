using System.Text;
using Tulle.Http;
using Tulle.Protocol;
using Tulle.Proxy.AccessLog;
using Tulle.Proxy.Forwarding;
using Tulle.Proxy.Resilience;
using Tulle.Proxy.Routing;
using Tulle.Proxy.Routing.Overrides;
using Tulle.Proxy.Telemetry;
using Tulle.Proxy.Tracing;
using Tulle.Transport;

namespace Tulle.Proxy.Outbound;

/// <summary>HTTP from this workload's application to wherever its authority leads.</summary>
internal sealed partial class OutboundHttpSession(Worker worker, Connection? client, Downstream downstream) : HttpSession(worker, client, downstream)
{
    private DestinationState? _destination;
    private DestinationModel? _model;
    private BackendState? _backend;
    private int _routeName;
    private bool _waiting;

    // Changes between requests where streams are served.
    private OutboundOrigin Origin => (OutboundOrigin)Downstream.Origin;

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

    private void Tap()
    {
        var info = new TapRequestInfo(
            Direction.Outbound, Origin.PeerText, _target?.State.Model.Key ?? "", _target is { State.Model.IsMeshed: true },
            _target?.State.Model.Identity ?? "", _backend!.Service.Namespace, _backend.Service.Name);
        RequestView view = Downstream.Request;
        Exchange.TapStream = Worker.Tap.OnRequest(info, view.Method, view.Authority, view.Path, view.Fields);
    }
}
