using Tulle.Http.Tracing;

namespace Tulle.Proxy.Tracing;

/// <summary>The span of one exchange. Loop thread only.</summary>
internal struct ExchangeTrace
{
    /// <summary>The trace's id: first and last 64 bits.</summary>
    public ulong High, Low;

    /// <summary>Of this proxy's span; 0 while none was begun.</summary>
    public ulong SpanId;

    /// <summary>Of the span that sent the request; 0 for the first of a trace.</summary>
    public ulong ParentId;

    /// <summary>Never <see cref="TraceSampling.Deferred"/> once begun.</summary>
    public TraceSampling Sampling;

    /// <summary>What the request came with.</summary>
    public TraceFields Fields;

    /// <summary>How it goes on.</summary>
    public TraceFormats Formats;

    /// <summary>The request's <c>tracestate</c> goes on.</summary>
    public bool KeepsState;

    /// <summary>The id that the request was given because it had none: first and last 64 bits.</summary>
    public ulong RequestHigh, RequestLow;

    /// <summary>How its traces are made; null: they are not.</summary>
    public TracingModel? Model;

    /// <summary>The trace is recorded, so that its id is worth telling.</summary>
    public readonly bool IsSampled => Sampling >= TraceSampling.Sampled;
}
