using Tulle.Http.Http1;
using Tulle.Http.Tracing;

namespace Tulle.Http.Fuzz.Targets;

/// <summary>Trace context: whatever is believed is written such that it is read again as the same.</summary>
internal sealed class TraceTarget : IFuzzTarget
{
    private readonly Http1RequestHead _head = new();

    public string Name => "trace";

    public void Run(ReadOnlySpan<byte> input)
    {
        _head.Reset();
        byte[] request = [.. "GET / HTTP/1.1\r\nHost: a\r\n"u8, .. input, .. "\r\n\r\n"u8];
        if (_head.Parse(request) != ParseResult.Complete) return;
        IncomingTrace trace = TraceReader.Read(new RequestView(_head, request).Fields);
        BrokenPromiseException.Unless(trace.IsValid == ((trace.TraceHigh | trace.TraceLow) != 0), "a context has both ids or none");
        BrokenPromiseException.Unless(trace.IsValid || !trace.KeepsState, "a tracestate belongs to a context");
        if (!trace.IsValid) return;

        var again = new IncomingTrace();
        Span<byte> text = stackalloc byte[B3.MaxSingle];
        TraceParent.Write(trace.TraceHigh, trace.TraceLow, trace.SpanId, trace.Sampling >= TraceSampling.Sampled, text);
        BrokenPromiseException.Unless(TraceParent.TryRead(text[..TraceParent.Length], ref again) && Same(trace, again), "traceparent is read as written");
        again = default;
        int length = B3.WriteSingle(trace.TraceHigh, trace.TraceLow, trace.SpanId, trace.SpanId, trace.Sampling, text);
        BrokenPromiseException.Unless(B3.TryReadSingle(text[..length], ref again) && Same(trace, again), "b3 is read as written");
    }

    private static bool Same(in IncomingTrace a, in IncomingTrace b) => (a.TraceHigh, a.TraceLow, a.SpanId) == (b.TraceHigh, b.TraceLow, b.SpanId)
        && a.Sampling >= TraceSampling.Sampled == b.Sampling >= TraceSampling.Sampled;
}
