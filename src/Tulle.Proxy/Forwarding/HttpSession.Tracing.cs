using Tulle.Proxy.Tracing;

namespace Tulle.Proxy.Forwarding;

// The span of an exchange: begun when it is known where the request goes, reported at its end.
internal abstract partial class HttpSession
{
    /// <summary>How traces of the request are made: as its destination or port says, else as the proxy's own setting.</summary>
    protected virtual TracingModel TracingPolicy => TracingModel.Default;

    private void BeginTrace()
    {
        Exchange exchange = Exchange;
        Worker.Tracer.Begin(ref exchange.Trace, Downstream.Request.Fields, TracingPolicy);
        exchange.RequestEdits.Add(Worker.Tracer.Edits(ref exchange.Trace, Direction));
    }

    /// <summary>The server did not begin to answer in time, or still has not. How long a response takes that was begun says little: it may be a stream.</summary>
    private bool IsSlow(long duration)
    {
        long response = Exchange.ResponseMicros;
        return Worker.Tracer.IsSlow(response == 0 ? duration : response - Exchange.StartMicros);
    }

    /// <summary>A recorded request stands for those of its latency.</summary>
    private void RecordExemplar(long duration)
    {
        ref ExchangeTrace trace = ref Exchange.Trace;
        if (trace.IsSampled && Exchange.Series is { } series) Worker.Metrics.Exemplars.Record(series, duration, trace.High, trace.Low, Worker.UtcNow.ToUnixTimeMilliseconds());
    }

    private bool TakesSpan(bool failed, bool slow)
    {
        if (!Worker.Tracer.IsOn) return false;
        // What failed before its route was known has a span, too.
        if (Exchange.Trace.SpanId == 0 && Downstream.HasBegun) Worker.Tracer.Begin(ref Exchange.Trace, Downstream.Request.Fields, TracingPolicy);
        return Worker.Tracer.Takes(Exchange.Trace, failed || (slow && !_clientGone), Loop.NowMicros);
    }
}
