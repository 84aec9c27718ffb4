using Tulle.Http;
using Tulle.Http.Tracing;

namespace Tulle.Proxy.Tracing;

/// <summary>
/// The fields that pass a context on, one set of lines for all exchanges of a loop: they are set right before a head is written. One
/// <see cref="FieldEdits"/> for each combination of what comes and goes. Loop thread only.
/// </summary>
internal sealed class TraceFieldEdits
{
    private readonly FieldEdits?[] _edits = new FieldEdits?[(int)Variant.All + 1];
    private readonly FieldLine _traceParent = FieldLine.Changing("traceparent");
    private readonly FieldLine _b3 = FieldLine.Changing("b3");
    private readonly FieldLine _traceId = FieldLine.Changing("x-b3-traceid");
    private readonly FieldLine _spanId = FieldLine.Changing("x-b3-spanid");
    private readonly FieldLine _parentId = FieldLine.Changing("x-b3-parentspanid");
    private readonly FieldLine _sampled = FieldLine.Changing("x-b3-sampled");
    private readonly FieldLine _flags = new("x-b3-flags", "1");
    private readonly FieldLine _requestId = FieldLine.Changing("x-request-id");

    [Flags]
    private enum Variant
    {
        B3 = 1,
        B3Multi = 2,
        HasParent = 4,
        IsDebug = 8,
        AddsRequestId = 16,
        Replaces = 32,
        DropsState = 64,
        All = 127,
    }

    /// <summary>Changes to a request's head.</summary>
    /// <param name="everyFormat">The application may pass on any of the formats, so it gets them all.</param>
    public FieldEdits Of(in ExchangeTrace trace, bool everyFormat)
    {
        Variant variant = VariantOf(trace, everyFormat);
        return _edits[(int)variant] ??= Build(variant);
    }

    /// <summary>Sets the values, for heads that are written before anything else happens on the loop.</summary>
    public void Fill(in ExchangeTrace trace, bool everyFormat)
    {
        Variant variant = VariantOf(trace, everyFormat);
        Span<byte> parent = _traceParent.Change(TraceParent.Length);
        TraceParent.Write(trace.High, trace.Low, trace.SpanId, trace.IsSampled, parent);
        // The digits are in traceparent already; B3 keeps short ids short.
        ReadOnlySpan<byte> traceId = trace.High != 0 ? parent[3..35] : parent[19..35], spanId = parent[36..52];
        if ((variant & Variant.HasParent) != 0 && (variant & (Variant.B3 | Variant.B3Multi)) != 0) TraceHex.Write(trace.ParentId, _parentId.Change(16));
        if ((variant & Variant.B3) != 0) FillB3(trace.Sampling, traceId, spanId, (variant & Variant.HasParent) != 0);
        if ((variant & Variant.B3Multi) != 0)
        {
            _traceId.Change(traceId);
            _spanId.Change(spanId);
            _sampled.Change(1)[0] = trace.IsSampled ? (byte)'1' : (byte)'0';
        }
        if ((variant & Variant.AddsRequestId) != 0) RequestId.Write(trace.RequestHigh, trace.RequestLow, _requestId.Change(RequestId.Length));
    }

    private void FillB3(TraceSampling sampling, ReadOnlySpan<byte> traceId, ReadOnlySpan<byte> spanId, bool hasParent)
    {
        int length = traceId.Length + 1 + 16 + 2;
        Span<byte> value = _b3.Change(hasParent ? length + 17 : length);
        traceId.CopyTo(value);
        value[traceId.Length] = (byte)'-';
        spanId.CopyTo(value[(traceId.Length + 1)..]);
        value[length - 2] = (byte)'-';
        value[length - 1] = B3.SamplingDigit(sampling);
        if (!hasParent) return;
        value[length] = (byte)'-';
        _parentId.Value.CopyTo(value[(length + 1)..]);
    }

    private static Variant VariantOf(in ExchangeTrace trace, bool everyFormat)
    {
        const TraceFields context = TraceFields.TraceParent | TraceFields.B3 | TraceFields.B3Multi;
        Variant variant = 0;
        if (everyFormat || (trace.Fields & TraceFields.B3) != 0) variant |= Variant.B3;
        if (everyFormat || (trace.Fields & TraceFields.B3Multi) != 0) variant |= Variant.B3Multi;
        // Optional in B3, and of no use to an application that only passes it on.
        if (trace.ParentId != 0 && (trace.Fields & (TraceFields.B3 | TraceFields.B3Multi)) != 0) variant |= Variant.HasParent;
        if (trace.Sampling == TraceSampling.Debug) variant |= Variant.IsDebug;
        if ((trace.Fields & TraceFields.RequestId) == 0) variant |= Variant.AddsRequestId;
        if ((trace.Fields & context) != 0) variant |= Variant.Replaces;
        if ((trace.Fields & TraceFields.TraceState) != 0 && !trace.KeepsState) variant |= Variant.DropsState;
        return variant;
    }

    private FieldEdits Build(Variant variant)
    {
        var removed = new List<string>();
        var added = new List<FieldLine> { _traceParent };
        if ((variant & Variant.Replaces) != 0)
            removed.AddRange(["traceparent", "b3", "x-b3-traceid", "x-b3-spanid", "x-b3-parentspanid", "x-b3-sampled", "x-b3-flags"]);
        if ((variant & Variant.DropsState) != 0) removed.Add("tracestate");
        if ((variant & Variant.B3) != 0) added.Add(_b3);
        if ((variant & Variant.B3Multi) != 0)
        {
            added.AddRange([_traceId, _spanId]);
            if ((variant & Variant.HasParent) != 0) added.Add(_parentId);
            // Debug implies that it is sampled, so that only one of them is sent (B3, "Debug Flag").
            added.Add((variant & Variant.IsDebug) != 0 ? _flags : _sampled);
        }
        if ((variant & Variant.AddsRequestId) != 0) added.Add(_requestId);
        return new FieldEdits(removed, [], added);
    }
}
