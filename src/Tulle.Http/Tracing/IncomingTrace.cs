namespace Tulle.Http.Tracing;

/// <summary>The trace that a request belongs to, as its fields say. The default belongs to none.</summary>
public struct IncomingTrace
{
    /// <summary>First and last 64 bits of the trace's id; both 0 when there is no (valid) context.</summary>
    public ulong TraceHigh, TraceLow;

    /// <summary>Id of the span that sent the request; 0 without a context.</summary>
    public ulong SpanId;

    /// <summary>Whether the trace is recorded.</summary>
    public TraceSampling Sampling;

    /// <summary>Fields that are there, so that they can be replaced.</summary>
    public TraceFields Fields;

    /// <summary><c>tracestate</c> belongs to the context and is valid, so that it goes on as it came.</summary>
    public bool KeepsState;

    /// <summary>There is a context to go on with.</summary>
    public readonly bool IsValid => SpanId != 0;
}
