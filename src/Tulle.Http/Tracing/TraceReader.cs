using System.Text;

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
            Field field = Identify(fields.NameOf(slot));
            if (field == Field.Other) continue;
            switch (field)
            {
                case Field.TraceParent:
                    twice |= (trace.Fields & TraceFields.TraceParent) != 0;
                    parent = fields.ValueOf(slot);
                    break;
                case Field.TraceState:
                    stateIsValid = stateIsValid && state.TryRead(fields.ValueOf(slot));
                    break;
                case Field.B3:
                    singleTwice |= (trace.Fields & TraceFields.B3) != 0;
                    single = fields.ValueOf(slot);
                    break;
                case Field.TraceId:
                    Take(ref traceId, fields.ValueOf(slot), ref multiTwice);
                    break;
                case Field.SpanId:
                    Take(ref spanId, fields.ValueOf(slot), ref multiTwice);
                    break;
                case Field.Sampled:
                    Take(ref sampled, fields.ValueOf(slot), ref multiTwice);
                    break;
                case Field.Flags:
                    Take(ref flags, fields.ValueOf(slot), ref multiTwice);
                    break;
                default:
                    break;
            }
            trace.Fields |= KindOf(field);
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

    private static TraceFields KindOf(Field field) => field switch
    {
        Field.TraceParent => TraceFields.TraceParent,
        Field.TraceState => TraceFields.TraceState,
        Field.B3 => TraceFields.B3,
        Field.RequestId => TraceFields.RequestId,
        _ => TraceFields.B3Multi,
    };

    private static Field Identify(ReadOnlySpan<byte> name)
    {
        // Length and first letter rule nearly every other name out.
        int first = name[0] | 0x20;
        return name.Length switch
        {
            2 when first == 'b' && name[1] == '3' => Field.B3,
            10 when first == 't' && Ascii.EqualsIgnoreCase(name, "tracestate"u8) => Field.TraceState,
            10 when first == 'x' && Ascii.EqualsIgnoreCase(name, "x-b3-flags"u8) => Field.Flags,
            11 when first == 't' && Ascii.EqualsIgnoreCase(name, "traceparent"u8) => Field.TraceParent,
            11 when first == 'x' && Ascii.EqualsIgnoreCase(name, "x-b3-spanid"u8) => Field.SpanId,
            12 when first == 'x' && Ascii.EqualsIgnoreCase(name, "x-b3-traceid"u8) => Field.TraceId,
            12 when first == 'x' && Ascii.EqualsIgnoreCase(name, "x-b3-sampled"u8) => Field.Sampled,
            12 when first == 'x' && Ascii.EqualsIgnoreCase(name, "x-request-id"u8) => Field.RequestId,
            17 when first == 'x' && Ascii.EqualsIgnoreCase(name, "x-b3-parentspanid"u8) => Field.ParentId,
            _ => Field.Other,
        };
    }

    private enum Field : byte
    {
        Other,
        TraceParent,
        TraceState,
        B3,
        TraceId,
        SpanId,
        ParentId,
        Sampled,
        Flags,
        RequestId,
    }
}
