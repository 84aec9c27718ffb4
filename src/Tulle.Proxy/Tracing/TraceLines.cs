using System.Runtime.Intrinsics;
using Tulle.Http;
using Tulle.Http.Tracing;

namespace Tulle.Proxy.Tracing;

/// <summary>
/// The fields that pass a context on in some formats. They have the same length for every trace, so they lie in one piece of memory, in which
/// only digits change. Loop thread only.
/// </summary>
internal sealed class TraceLines
{
    private const string Id64 = "0000000000000000";

    private static readonly string[] s_context = ["traceparent", "b3", "x-b3-traceid", "x-b3-spanid", "x-b3-parentspanid", "x-b3-sampled", "x-b3-flags"];

    // Where in the lines the parts of values lie; 0: nowhere, for a name comes before each.
    private readonly int _traceParent, _b3, _b3Span, _b3Parent, _multiTrace, _multiSpan, _multiParent, _multiSampled, _requestId;
    private readonly bool _isShort;

    public TraceLines(TraceFormats formats)
    {
        _isShort = (formats & TraceFormats.IsShort) != 0;
        bool hasParent = (formats & TraceFormats.HasParent) != 0, isDebug = (formats & TraceFormats.IsDebug) != 0;
        string traceId = _isShort ? Id64 : Id64 + Id64;
        var traceParent = new FieldLine("traceparent", $"00-{Id64}{Id64}-{Id64}-00");
        var b3 = new FieldLine("b3", $"{traceId}-{Id64}-{(isDebug ? 'd' : '0')}{(hasParent ? "-" + Id64 : "")}");
        var multiTrace = new FieldLine("x-b3-traceid", traceId);
        var multiSpan = new FieldLine("x-b3-spanid", Id64);
        var multiParent = new FieldLine("x-b3-parentspanid", Id64);
        // Debug implies that it is sampled, so that only one of them is sent (B3, "Debug Flag").
        var multiSampled = isDebug ? new FieldLine("x-b3-flags", "1") : new FieldLine("x-b3-sampled", "0");
        var requestId = new FieldLine("x-request-id", new string('0', RequestId.Length));

        var removed = new List<string>();
        if ((formats & TraceFormats.Replaces) != 0) removed.AddRange(s_context);
        if ((formats & TraceFormats.DropsState) != 0) removed.Add("tracestate");
        var added = new List<FieldLine> { traceParent };
        if ((formats & TraceFormats.B3) != 0) added.Add(b3);
        if ((formats & TraceFormats.B3Multi) != 0)
        {
            added.AddRange([multiTrace, multiSpan, multiSampled]);
            if (hasParent) added.Add(multiParent);
        }
        if ((formats & TraceFormats.AddsRequestId) != 0) added.Add(requestId);
        Edits = new FieldEdits(removed, [], added);

        _traceParent = Edits.ValueStart(traceParent);
        _b3 = Edits.ValueStart(b3);
        if (_b3 != 0) _b3Span = _b3 + traceId.Length + 1;
        if (_b3 != 0 && hasParent) _b3Parent = _b3Span + 16 + 3;
        _multiTrace = Edits.ValueStart(multiTrace);
        _multiSpan = Edits.ValueStart(multiSpan);
        _multiParent = Edits.ValueStart(multiParent);
        _multiSampled = isDebug ? 0 : Edits.ValueStart(multiSampled);
        _requestId = Edits.ValueStart(requestId);
    }

    /// <summary>The changes to a request's head.</summary>
    public FieldEdits Edits { get; }

    /// <summary>Sets the values, for heads that are written before anything else happens on the loop.</summary>
    public void Fill(in ExchangeTrace trace)
    {
        Span<byte> lines = Edits.ChangeLines();
        Vector128<byte> high = TraceHex.Of(trace.High), low = TraceHex.Of(trace.Low), span = TraceHex.Of(trace.SpanId);
        byte sampled = trace.IsSampled ? (byte)'1' : (byte)'0';
        Span<byte> value = lines.Slice(_traceParent, TraceParent.Length);
        high.CopyTo(value[3..]);
        low.CopyTo(value[19..]);
        span.CopyTo(value[36..]);
        value[54] = sampled;
        if (_b3 != 0)
        {
            FillTraceId(lines[_b3..], high, low);
            span.CopyTo(lines[_b3Span..]);
            lines[_b3Span + 17] = B3.SamplingDigit(trace.Sampling);
        }
        if (_multiTrace != 0)
        {
            FillTraceId(lines[_multiTrace..], high, low);
            span.CopyTo(lines[_multiSpan..]);
        }
        if (_multiSampled != 0) lines[_multiSampled] = sampled;
        if ((_b3Parent | _multiParent) != 0) FillParent(lines, TraceHex.Of(trace.ParentId));
        if (_requestId != 0) RequestId.Write(trace.RequestHigh, trace.RequestLow, lines[_requestId..]);
    }

    private void FillTraceId(Span<byte> value, Vector128<byte> high, Vector128<byte> low)
    {
        if (!_isShort) high.CopyTo(value);
        low.CopyTo(value[(_isShort ? 0 : 16)..]);
    }

    private void FillParent(Span<byte> lines, Vector128<byte> parent)
    {
        if (_b3Parent != 0) parent.CopyTo(lines[_b3Parent..]);
        if (_multiParent != 0) parent.CopyTo(lines[_multiParent..]);
    }
}
