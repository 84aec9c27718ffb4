using Tulle.Http;
using Tulle.Transport;

namespace Tulle.Proxy.Forwarding;

internal abstract partial class HttpSession
{
    // The request asks for a switch of protocols: its end is not told until the server has declined.
    private bool _awaitsUpgrade;

    /// <summary>Step 1: reads until a head is complete.</summary>
    private Step ReadHead()
    {
        Step step = Downstream.ReadHead(out LocalAnswer? refusal);
        if (step == Step.Done)
        {
            _exchange = Worker.Exchanges.Rent();
            _exchange.Reset();
            _exchange.StartMicros = Loop.NowMicros;
            _exchange.Deadlines.IdleMs = (int)Worker.Config.IdleTimeout.TotalMilliseconds;
            _awaitsUpgrade = !Downstream.UpgradeProtocol.IsEmpty;
            KnownMethod method = Downstream.Request.MethodId;
            Method = _awaitsUpgrade && method == KnownMethod.Connect ? KnownMethod.Get : method;
        }
        else if (step == Step.Failed)
        {
            Refuse(refusal);
        }
        return step;
    }

    private void OnHeadTimeout()
    {
        LocalAnswer? refusal = Downstream.OnHeadTimeout();
        // Without an answer it is a connection that nobody uses.
        if (refusal is not null) Worker.Metrics.Connections.CountTimeout(Direction, MeshError.RequestTimeout);
        Refuse(refusal);
    }

    /// <summary>Answers what is not a request that could be served; the connection ends.</summary>
    private void Refuse(LocalAnswer? refusal)
    {
        if (refusal is null)
        {
            _clientGone = true;
            return;
        }
        Worker.Metrics.CountError(Direction, MeshErrors.Of(refusal.Error).Token);
        LogRefusal(refusal);
        if (!Downstream.Answer(refusal)) _clientGone = true;
    }

    /// <summary>Step 5.</summary>
    private void SendHead()
    {
        Exchange exchange = Exchange;
        exchange.Deadlines.ConnectMs = 0;
        exchange.Deadlines.Touch(Loop.NowMs);
        StartAttemptDeadlines();
        Worker.Tracer.Fill(exchange.Trace);
        var edits = new HeadEdits { Authority = exchange.Authority.Span, Target = exchange.Target.Span, Fields = exchange.RequestEdits.Items };
        _error = _upstream!.WriteHead(Downstream, edits);
    }

    /// <summary>Moves the request's body on. Failed only when the exchange must end; a server that stopped reading may still answer.</summary>
    private Step RelayRequest(ref int budget)
    {
        Exchange exchange = Exchange;
        while (!exchange.RequestAborted)
        {
            if (_upstream!.HasUnsent)
            {
                IoStatus flushed = _upstream.Flush();
                if (flushed == IoStatus.Wait) return Step.Wait;
                if (flushed != IoStatus.Done) break;
            }
            if (exchange.RequestEnded) return Step.Done;

            ReadOnlySpan<byte> body = Downstream.Body;
            if (body.IsEmpty)
            {
                if (Downstream.BodyEnded)
                {
                    if (_awaitsUpgrade) return Step.Wait;
                    exchange.RequestEnded = true;
                    bool ended = _upstream.End(Downstream.Trailers);
                    if (exchange.Mirrors != 0) SendMirrors();
                    if (!ended) break;
                    continue;
                }
                Step filled = Downstream.FillBody(out MeshError error);
                if (filled == Step.Done) continue;
                _error = error;
                if (error == MeshError.ClientGone) _clientGone = true;
                return filled;
            }

            int n = _upstream.Write(body);
            if (n < 0) break;
            if (n == 0) return Step.Wait;
            Downstream.ConsumeBody(n);
            exchange.Deadlines.Touch(Loop.NowMs);
            budget -= n;
            if (budget <= 0) return Step.Wait;
        }
        exchange.RequestAborted = true;
        return Step.Wait;
    }
}
