using Tulle.Http;
using Tulle.Http.Tracing;
using Tulle.Protocol;
using Tulle.Proxy.AccessLog;
using Tulle.Proxy.Balancing;
using Tulle.Proxy.Forwarding;
using Tulle.Proxy.Resilience;
using Tulle.Proxy.Telemetry;

namespace Tulle.Proxy.Tracing;

/// <summary>The traces of one event loop: begins a span for each request, passes its context on, and reports what is to be seen. Loop thread only.</summary>
/// <param name="config">Null: traces are none of the proxy's business, and the fields pass untouched.</param>
/// <param name="sink">Where spans go; null: nowhere.</param>
/// <param name="loops">Event loops that share the rates.</param>
internal sealed class Tracer(TracingConfig? config, ISpanSink? sink, IRandomSource random, LoopMetrics metrics, int loops)
{
    private readonly TraceLines?[] _lines = new TraceLines?[byte.MaxValue + 1];
    private readonly double _spansPerSecond = (double)(config?.SpansPerSecond ?? 1) / loops;
    private readonly double _failuresPerSecond = (double)(config?.FailuresPerSecond ?? 1) / loops;
    private readonly long _slowMicros = (long)(config?.Slow.TotalMicroseconds ?? long.MaxValue);
    private LoopRing? _ring;
    private TokenRate _spans;
    private TokenRate _failures;

    /// <summary>Whether anything is to be done about traces.</summary>
    public bool IsOn => config is not null;

    /// <summary>Begins the span of a request: a child of the one that sent it, or the first of a new trace.</summary>
    public void Begin(ref ExchangeTrace trace, in FieldsView fields, TracingModel model)
    {
        IncomingTrace incoming = TraceReader.Read(fields);
        trace.Model = model;
        trace.Fields = incoming.Fields;
        trace.KeepsState = incoming.KeepsState;
        trace.ParentId = incoming.SpanId;
        (trace.High, trace.Low) = incoming.IsValid ? (incoming.TraceHigh, incoming.TraceLow) : RequestId.New(random);
        trace.SpanId = NewId();
        trace.Sampling = incoming.Sampling != TraceSampling.Deferred ? incoming.Sampling
            : random.Below(1_000_000) < (model.SamplingPpm ?? config!.SamplingPpm) ? TraceSampling.Sampled : TraceSampling.Dropped;
        if ((incoming.Fields & TraceFields.RequestId) != 0) return;
        // The first request of a trace has the trace's id, so that whoever has the one finds the other.
        (trace.RequestHigh, trace.RequestLow) = incoming.IsValid ? RequestId.New(random) : (trace.High, trace.Low);
    }

    /// <summary>What passes the context on; <see cref="Fill"/> sets the values.</summary>
    public FieldEdits Edits(ref ExchangeTrace trace, Direction direction)
    {
        trace.Formats = TraceFormatsOf.Trace(trace, everyFormat: direction == Direction.Inbound);
        return (_lines[(int)trace.Formats] ??= new TraceLines(trace.Formats)).Edits;
    }

    /// <summary>Sets the values of <see cref="Edits"/>, right before a head is written.</summary>
    public void Fill(in ExchangeTrace trace)
    {
        if (trace.SpanId != 0) _lines[(int)trace.Formats]?.Fill(trace);
    }

    /// <summary>No response's head for so long that the request is reported in any case.</summary>
    public bool IsSlow(long responseMicros) => responseMicros >= _slowMicros;

    /// <summary>Whether the span of an exchange that ended is reported; counts it against the rate.</summary>
    public bool Takes(in ExchangeTrace trace, bool failedOrSlow, long now)
    {
        if (sink is null || trace.Model is not { Reports: true } || (!trace.IsSampled && !failedOrSlow)) return false;
        bool taken = trace.IsSampled ? _spans.TryTake(_spansPerSecond, _spansPerSecond, now, out _) : _failures.TryTake(_failuresPerSecond, _failuresPerSecond, now, out _);
        if (!taken) metrics.SpansLimited++;
        return taken;
    }

    /// <summary>Reports a span that <see cref="Takes"/> took.</summary>
    /// <param name="scratch">Where it is composed.</param>
    public void Write(in ExchangeTrace trace, in AccessLogEntry entry, Exchange exchange, bool failed, bool slow, Span<byte> scratch)
    {
        int length = SpanEncoder.Write(scratch, trace, entry, exchange, failed, slow);
        if (length > 0 && (_ring ??= sink!.NewRing()).TryPut(scratch[..length])) metrics.Spans++;
    }

    private ulong NewId()
    {
        ulong id;
        do id = random.NextBits();
        while (id == 0);
        return id;
    }
}
