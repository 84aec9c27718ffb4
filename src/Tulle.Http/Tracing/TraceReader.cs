namespace Tulle.Http.Tracing;

/// <summary>
/// Finds the trace of a request. A valid <c>traceparent</c> wins over B3, and <c>b3</c> over the <c>x-b3-…</c> fields; a field that is invalid,
/// or comes twice, is as if it was not there.
/// </summary>
public static class TraceReader
{
    /// <summary>Reads the fields once. Allocates nothing.</summary>
    public static IncomingTrace Read(in FieldsView fields)
    {
        var trace = new IncomingTrace();
        var state = new TraceStateReader();
        bool stateIsValid = true;
        ReadOnlySpan<byte> parent = default, single = default, traceId = default, spanId = default, sampled = default, flags = default;
        bool twice = false, singleTwice = false, multiTwice = false;
        foreach (ref readonly HeaderSlot slot in fields.Slots)
        {
            if (slot.Id < KnownHeader.TraceParent) continue;
            switch (slot.Id)
            {
                case KnownHeader.TraceParent:
                    twice |= (trace.Fields & TraceFields.TraceParent) != 0;
                    parent = fields.ValueOf(slot);
                    break;
                case KnownHeader.TraceState:
                    stateIsValid = stateIsValid && state.TryRead(fields.ValueOf(slot));
                    break;
                case KnownHeader.B3:
                    singleTwice |= (trace.Fields & TraceFields.B3) != 0;
                    single = fields.ValueOf(slot);
                    break;
                case KnownHeader.B3TraceId:
                    Take(ref traceId, fields.ValueOf(slot), ref multiTwice);
                    break;
                case KnownHeader.B3SpanId:
                    Take(ref spanId, fields.ValueOf(slot), ref multiTwice);
                    break;
                case KnownHeader.B3Sampled:
                    Take(ref sampled, fields.ValueOf(slot), ref multiTwice);
                    break;
                case KnownHeader.B3Flags:
                    Take(ref flags, fields.ValueOf(slot), ref multiTwice);
                    break;
                default:
                    break;
            }
            trace.Fields |= KindOf(slot.Id);
        }

        if ((trace.Fields & TraceFields.TraceParent) != 0 && !twice && TraceParent.TryRead(parent, ref trace))
        {
            trace.KeepsState = stateIsValid;
            // B3 alone can say that a trace is to be kept whatever happens.
            if (trace.Sampling == TraceSampling.Sampled && IsDebug(single, singleTwice, flags, multiTwice)) trace.Sampling = TraceSampling.Debug;
            return trace;
        }
        if ((trace.Fields & TraceFields.B3) != 0 && !singleTwice && B3.TryReadSingle(single, ref trace)) return trace;
        if ((trace.Fields & TraceFields.B3Multi) == 0 || multiTwice) return trace;
        trace.Sampling = B3.ReadSampling(sampled, flags);
        if (!traceId.IsEmpty) B3.TryReadIds(traceId, spanId, ref trace);
        return trace;
    }

    private static bool IsDebug(ReadOnlySpan<byte> single, bool singleTwice, ReadOnlySpan<byte> flags, bool multiTwice)
    {
        var trace = new IncomingTrace();
        return (!singleTwice && B3.TryReadSingle(single, ref trace) && trace.Sampling == TraceSampling.Debug) || (!multiTwice && flags.SequenceEqual("1"u8));
    }

    private static void Take(ref ReadOnlySpan<byte> field, ReadOnlySpan<byte> value, ref bool twice)
    {
        twice |= !field.IsEmpty;
        field = value;
    }

    private static TraceFields KindOf(KnownHeader id) => id switch
    {
        KnownHeader.TraceParent => TraceFields.TraceParent,
        KnownHeader.TraceState => TraceFields.TraceState,
        KnownHeader.B3 => TraceFields.B3,
        KnownHeader.RequestId => TraceFields.RequestId,
        _ => TraceFields.B3Multi,
    };
}
