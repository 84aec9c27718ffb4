using System.Text;
using Tulle.Http;
using Tulle.Http.Grpc;
using Tulle.Protocol;
using Tulle.Proxy.Mirroring;
using Tulle.Proxy.Outbound;
using Tulle.Proxy.Routing;
using Tulle.Proxy.Routing.Actions;

namespace Tulle.Proxy.Forwarding;

// What a route asks for beside forwarding.
internal abstract partial class HttpSession
{
    // Targets are read up to 8 KiB; a rewrite may add as much.
    private const int MaxTarget = 16 * 1024;

    private LocalAnswer? _answer;

    /// <summary>
    /// Step 3: after the route is known and before a server is involved. Done forwards the request, with what was put into
    /// <see cref="Exchange.RequestEdits"/>, <see cref="Exchange.Authority"/>, <see cref="Exchange.Target"/> and
    /// <see cref="Exchange.Deadlines"/>. Failed answers: with <see cref="AnswerWith"/>'s answer, or with the error's own. Wait
    /// until <see cref="Deadlines.WakeMs"/>, then it is called again.
    /// </summary>
    private Step ApplyRoute()
    {
        Exchange exchange = Exchange;
        if (exchange.Route is not { } route) return Step.Done;
        if (route.HasFilters)
        {
            Step filtered = ApplyFilters(route);
            if (filtered != Step.Done) return filtered;
        }
        if (exchange.Share is not { } share)
        {
            _error = route.Unmatched.Error;
            return IsGrpc() ? Step.Failed : AnswerWith(route.Unmatched);
        }
        foreach (FieldEdits edits in share.Edits.Request) exchange.RequestEdits.Add(edits);
        exchange.Authority = share.Edits.Authority;
        if (route.Mirrors.Length > 0) ChooseMirrors(route);
        return route.Rewrite is null ? Step.Done : ApplyRewrite(route.Rewrite);
    }

    /// <summary>What a route may do instead of forwarding, in Envoy's order: faults, CORS, answers of its own.</summary>
    private Step ApplyFilters(RouteModel route)
    {
        Exchange exchange = Exchange;
        if (route.Fault is not null)
        {
            Step injected = InjectFault(route.Fault);
            if (injected != Step.Done) return injected;
        }

        RequestView request = Downstream.Request;
        if (route.Cors is { } cors)
        {
            switch (cors.Classify(request, out ReadOnlySpan<byte> origin))
            {
                case CorsModel.Kind.Preflight or CorsModel.Kind.RefusedPreflight:
                    return AnswerWith(Worker.Answers.Preflight(cors, origin));
                case CorsModel.Kind.Actual:
                    exchange.Cors = cors;
                    break;
            }
        }

        if (route.DirectResponse is not null) return AnswerWith(Worker.Answers.Direct(route, request, exchange.Cors));
        if (route.Redirect is null) return Step.Done;
        LocalAnswer? redirect = Worker.Answers.Redirect(route, request, exchange.Cors);
        if (redirect is not null) return AnswerWith(redirect);
        _error = MeshError.TargetTooLong;
        return Step.Failed;
    }

    private Step InjectFault(FaultModel fault)
    {
        Exchange exchange = Exchange;
        switch (exchange.Fault)
        {
            case FaultStage.None when fault.Delays(Worker.Random):
                exchange.Fault = FaultStage.Delaying;
                exchange.Flags |= ResponseFlags.DelayInjected;
                exchange.Deadlines.WakeMs = Loop.NowMs + fault.DelayMs;
                Worker.Metrics.FaultDelays++;
                return Step.Wait;
            case FaultStage.Delaying when Loop.NowMs < exchange.Deadlines.WakeMs:
                return Step.Wait;
        }
        exchange.Fault = FaultStage.Delayed;
        exchange.Deadlines.WakeMs = 0;
        if (!fault.Aborts(Worker.Random)) return Step.Done;
        Worker.Metrics.FaultAborts++;
        return AnswerWith(IsGrpc() ? fault.GrpcAnswer : fault.Answer);
    }

    private Step ApplyRewrite(RewriteModel rewrite)
    {
        Exchange exchange = Exchange;
        if (rewrite.Authority.Length > 0) exchange.Authority = rewrite.Authority;
        if (!rewrite.ChangesPath) return Step.Done;
        RequestView request = Downstream.Request;
        byte[] buffer = exchange.TargetBuffer(Math.Max(256, (request.Path.Length + request.Query.Length) * 2));
        if (!rewrite.TryWriteTarget(request, buffer, out int length))
        {
            buffer = exchange.TargetBuffer(MaxTarget);
            if (!rewrite.TryWriteTarget(request, buffer, out length))
            {
                _error = MeshError.RewriteFailed;
                return Step.Failed;
            }
        }
        exchange.Target = buffer.AsMemory(0, length);
        return Step.Done;
    }

    private void ChooseMirrors(RouteModel route)
    {
        // A tunnel has no end at which it could be copied.
        if (_awaitsUpgrade) return;
        for (int i = 0; i < route.Mirrors.Length; i++)
        {
            if (route.Mirrors[i].Takes(Worker.Random)) Exchange.Mirrors |= 1u << i;
        }
        if (Exchange.Mirrors != 0) Downstream.ReplayLimit = Math.Max(Downstream.ReplayLimit, MirrorPool.MaxBody);
    }

    /// <summary>The whole request was sent: copies of it go to the mirrors, once, whatever becomes of the request.</summary>
    private void SendMirrors()
    {
        Exchange exchange = Exchange;
        uint mirrors = exchange.Mirrors;
        Worker.Tracer.Fill(exchange.Trace);
        exchange.Mirrors = 0;
        for (int i = 0; mirrors != 0; i++, mirrors >>= 1)
        {
            if ((mirrors & 1) == 0) continue;
            if (Downstream.CanReplay) Worker.Mirrors.Send(Downstream, exchange, BackendAt(exchange.Route!.Mirrors[i].Backend));
            else Worker.Metrics.MirrorsDropped++;
        }
    }

    /// <summary>A backend of the destination that the request was routed by; null when that is gone.</summary>
    protected virtual BackendState? BackendAt(int index) => null;

    /// <summary>The final head has come and goes to the client now: the place for <see cref="Exchange.ResponseEdits"/>.</summary>
    private void OnResponse()
    {
        Exchange exchange = Exchange;
        if (!IsFramed) FindGrpcStatus();
        // What a sidecar refuses is no success of the application, whatever its status: both ends count it alike.
        if (_upstream!.IsMeshed && (exchange.Status >= 400 || exchange.GrpcStatus > 0))
            exchange.IsMeshAnswer = _upstream.Response.Fields.TryFind(ProtocolNames.ErrorHeaderBytes, out _);
        CaptureForLog();
        if (exchange.Share is { } share)
        {
            foreach (FieldEdits edits in share.Edits.Response) exchange.ResponseEdits.Add(edits);
        }
        if (exchange.Cors is { } cors && Downstream.Request.Fields.TryFind("origin"u8, out ReadOnlySpan<byte> origin))
        {
            exchange.ResponseEdits.Add(cors.Response);
            exchange.ResponseEdits.Add(Worker.Answers.AllowOrigin(origin));
        }
    }

    /// <summary>A response of gRPC has its status in the head when it has nothing else, otherwise in its trailers.</summary>
    private void FindGrpcStatus()
    {
        FieldsView fields = _upstream!.Response.Fields;
        if (!fields.TryFind("content-type"u8, out ReadOnlySpan<byte> type) || !IsGrpcType(type)) return;
        Exchange.IsGrpc = true;
        if (fields.TryFind("grpc-status"u8, out ReadOnlySpan<byte> status)) Exchange.GrpcStatus = GrpcCodes.Parse(status);
    }

    /// <summary>The response's trailers are here and go to the client now.</summary>
    private void OnTrailers(in FieldsView trailers)
    {
        Exchange.Captured?.Take(Exchange.Log!, trailers, trailers: true);
        if (Exchange.IsGrpc && trailers.TryFind("grpc-status"u8, out ReadOnlySpan<byte> status)) Exchange.GrpcStatus = GrpcCodes.Parse(status);
    }

    /// <summary>Whether the response that the server completed counts as a failure of the service.</summary>
    private bool IsFailure() => Exchange.IsGrpc && Exchange.Status == 200
        ? Exchange.GrpcStatus < 0 || GrpcCodes.IsFailure(Exchange.GrpcStatus)
        : IsFailure(Exchange.Status);

    /// <summary>Whether a status counts as a failure of the service: as its named routes say, else from 500 on.</summary>
    protected abstract bool IsFailure(int status);

    private static bool IsGrpcType(ReadOnlySpan<byte> type) => type.Length >= 16 && Ascii.EqualsIgnoreCase(type[..16], "application/grpc"u8);

    /// <summary>Answers the request itself: redirect, direct response, preflight, refusal.</summary>
    protected Step AnswerWith(LocalAnswer answer)
    {
        _answer = answer;
        _error = answer.Error;
        return Step.Failed;
    }
}
