using Tulle.Http.Tracing;

namespace Tulle.Proxy.Tracing;

/// <summary>How the context of a request goes on: what comes beside <c>traceparent</c>, and what goes.</summary>
[Flags]
internal enum TraceFormats : byte
{
    TraceParent = 0,
    B3 = 1,
    B3Multi = 2,
    HasParent = 4,
    IsDebug = 8,
    AddsRequestId = 16,
    Replaces = 32,
    DropsState = 64,

    /// <summary>B3 keeps an id of 64 bits as short as it came.</summary>
    IsShort = 128,
}

/// <summary>Which formats a trace is passed on in.</summary>
internal static class TraceFormatsOf
{
    private const TraceFields AnyB3 = TraceFields.B3 | TraceFields.B3Multi;

    /// <param name="everyFormat">The application may pass on any of the formats, so it gets them all (decision 12).</param>
    public static TraceFormats Trace(in ExchangeTrace trace, bool everyFormat)
    {
        TraceFormats formats = 0;
        if (everyFormat || (trace.Fields & TraceFields.B3) != 0) formats |= TraceFormats.B3;
        if (everyFormat || (trace.Fields & TraceFields.B3Multi) != 0) formats |= TraceFormats.B3Multi;
        // Optional in B3, and of no use to an application that only passes it on.
        if (trace.ParentId != 0 && (trace.Fields & AnyB3) != 0) formats |= TraceFormats.HasParent;
        if (trace.Sampling == TraceSampling.Debug) formats |= TraceFormats.IsDebug;
        if ((trace.Fields & TraceFields.RequestId) == 0) formats |= TraceFormats.AddsRequestId;
        if ((trace.Fields & (TraceFields.TraceParent | AnyB3)) != 0) formats |= TraceFormats.Replaces;
        if ((trace.Fields & TraceFields.TraceState) != 0 && !trace.KeepsState) formats |= TraceFormats.DropsState;
        if (trace.High == 0) formats |= TraceFormats.IsShort;
        return formats;
    }
}
