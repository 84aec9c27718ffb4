namespace Tulle.Http.Tracing;

/// <summary>Which fields of tracing a request has.</summary>
[Flags]
public enum TraceFields : byte
{
    None = 0,

    /// <summary><c>traceparent</c>, valid or not.</summary>
    TraceParent = 1,

    /// <summary><c>tracestate</c>, valid or not.</summary>
    TraceState = 2,

    /// <summary><c>b3</c>, valid or not.</summary>
    B3 = 4,

    /// <summary>Any of <c>x-b3-…</c>, valid or not.</summary>
    B3Multi = 8,

    /// <summary><c>x-request-id</c>.</summary>
    RequestId = 16,
}
