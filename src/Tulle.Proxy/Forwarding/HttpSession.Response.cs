using Tulle.Http;
using Tulle.Proxy.Telemetry;
using Tulle.Transport;

namespace Tulle.Proxy.Forwarding;

internal abstract partial class HttpSession
{
    // After this many bytes the other connections of the loop get their turn.
    private const int BytesPerTurn = 256 * 1024;

    // What an interim response takes of a turn, which has no body that could be counted.
    private const int InterimCost = 4 * 1024;

    /// <summary>Step 6: moves whatever can move, in both directions.</summary>
    private Step Relay()
    {
        if (_error != MeshError.None) return Step.Failed;
        int budget = BytesPerTurn;
        Exchange exchange = Exchange;
        if (!exchange.RequestEnded || _upstream!.HasUnsent)
        {
            if (RelayRequest(ref budget) == Step.Failed) return Step.Failed;
        }
        Step response = RelayResponse(ref budget);
        CountBytes();
        if (response == Step.Wait && budget <= 0) Yield();
        return response;
    }

    private Step RelayResponse(ref int budget)
    {
        Exchange exchange = Exchange;
        while (true)
        {
            if (Downstream.HasUnsent)
            {
                IoStatus flushed = Downstream.Flush();
                if (flushed == IoStatus.Wait) return Step.Wait;
                if (flushed != IoStatus.Done) return ClientGone();
            }

            if (!Downstream.ResponseStarted)
            {
                Step head = _upstream!.ReadHead(out MeshError error);
                if (error != MeshError.None) _error = error;
                if (head == Step.Done) head = OnResponseHead(ref budget);
                if (head != Step.Done) return head;
                if (budget <= 0) return Step.Wait;
                continue;
            }
            if (exchange.ResponseEnded) return exchange.RequestEnded || !_upstream!.SwitchesProtocol ? Step.Done : Step.Wait;
            if (IsPlainTunnel) return Step.Done;

            ReadOnlySpan<byte> body = _upstream!.Body;
            if (body.IsEmpty)
            {
                if (_upstream.BodyEnded)
                {
                    exchange.ResponseEnded = true;
                    OnTrailers(_upstream.Trailers);
                    if (!Downstream.End(_upstream.Trailers)) return ClientGone();
                    continue;
                }
                Step filled = _upstream.FillBody(out MeshError error);
                if (filled == Step.Done) continue;
                if (error != MeshError.None) _error = error;
                return filled;
            }

            int n = Downstream.Write(body);
            if (n < 0) return ClientGone();
            if (n == 0) return Step.Wait;
            _upstream.ConsumeBody(n);
            exchange.Deadlines.Touch(Loop.NowMs);
            budget -= n;
            if (budget <= 0) return Step.Wait;
        }
    }

    /// <summary>A head has come: passes an interim one on, or starts the response to the client.</summary>
    private Step OnResponseHead(ref int budget)
    {
        Exchange exchange = Exchange;
        Upstream upstream = _upstream!;
        exchange.Deadlines.Touch(Loop.NowMs);
        if (upstream.IsInterim)
        {
            budget -= InterimCost;
            return Downstream.WriteInterim(upstream) ? Step.Done : ClientGone();
        }
        if (upstream.SwitchesProtocol && !_awaitsUpgrade)
        {
            _error = MeshError.UpstreamProtocol;
            return Step.Failed;
        }
        if (ShouldRetryResponse()) return Step.Failed;

        Downstream.ForgetBody();
        exchange.ResponseMicros = Loop.NowMicros;
        exchange.Status = upstream.Status;
        exchange.Deadlines.OnResponse();
        if (exchange.TapStream != 0) Worker.Tap.OnResponse(exchange.TapStream, upstream.Status, exchange.ResponseMicros - exchange.StartMicros, null, upstream.Response.Fields);
        OnResponse();
        upstream.BeginBody(framed: IsFramed);
        var edits = new HeadEdits { Fields = exchange.ResponseEdits.Items, Close = exchange.RequestAborted };
        if (!Downstream.WriteHead(upstream, edits)) return ClientGone();
        if (_awaitsUpgrade)
        {
            // Declined: the request ends as any other. Agreed: what the client sends from now on is the tunnel's.
            _awaitsUpgrade = false;
            if (!upstream.SwitchesProtocol && Downstream.BodyEnded && !exchange.RequestEnded)
            {
                exchange.RequestEnded = true;
                exchange.RequestAborted |= !upstream.End(Downstream.Trailers);
            }
        }
        return Step.Done;
    }

    /// <summary>Bodies pass as they came, with their framing.</summary>
    private bool IsFramed => Downstream.IsHttp1 && _upstream!.IsHttp1;

    private Step ClientGone()
    {
        _clientGone = true;
        _error = MeshError.ClientGone;
        return Step.Failed;
    }

    /// <summary>Both sides are connections that carry nothing else: what follows needs no HTTP any more.</summary>
    private bool IsPlainTunnel => _upstream!.SwitchesProtocol && Client is not null && _upstream.IsHttp1 && Downstream.IsHttp1;

    private void HandOverTunnel()
    {
        FinishExchange();
        Connection server = _upstream!.TakeConnection()!;
        _upstream = null;
        OnAttemptEnded(failed: false);
        TrafficSeries? series = Exchange.Series;
        _ = Downstream.TakeConnection();
        ClearDeadline();
        new RelaySession(Worker, HandOver(), server, series, Direction, isHttp: true).Start();
    }
}
