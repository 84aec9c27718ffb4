using Tulle.Proxy.AccessLog;
using Tulle.Proxy.Resilience;
using Tulle.Proxy.Routing;
using Tulle.Proxy.Routing.Actions;
using Tulle.Proxy.Telemetry;
using Tulle.Proxy.Tracing;

namespace Tulle.Proxy.Forwarding;

/// <summary>
/// What one request and its response need while they are under way, apart from what their codecs keep. Rented from the loop when
/// a request begins and given back at its end, so that idle connections hold none of it. Loop thread only.
/// </summary>
internal sealed class Exchange
{
    /// <summary>Microseconds of the loop's clock when the request's head was complete; 0 before.</summary>
    public long StartMicros;

    /// <summary>When the attempt under way was sent.</summary>
    public long AttemptMicros;

    /// <summary>When the final response's head was.</summary>
    public long ResponseMicros;

    /// <summary>Where the request is counted; null until its route is known.</summary>
    public TrafficSeries? Series;

    /// <summary>The rule that matched; null where nothing is routed: inbound, and outside of the mesh.</summary>
    public RouteModel? Route;

    /// <summary>The part of the route that the request goes to; null where it has none.</summary>
    public ShareModel? Share;

    /// <summary>The policy by which the response tells that its client's origin is allowed; null for none.</summary>
    public CorsModel? Cors;

    /// <summary>Which of the route's mirrors get a copy: bit i for mirror i.</summary>
    public uint Mirrors;

    /// <summary>How the exchange is written to the access log; null: not at all, or not asked yet.</summary>
    public AccessLogModel? Log;

    /// <summary>What the log's format wants of the response; null when nothing, and before there is a response.</summary>
    public AccessLogCapture? Captured { get; private set; }

    /// <summary>How far the route's fault has come.</summary>
    public FaultStage Fault;

    /// <summary>What went wrong, or was made to.</summary>
    public ResponseFlags Flags;

    /// <summary>Status of a gRPC response; -1 while there is none.</summary>
    public int GrpcStatus;

    /// <summary>The response is one of gRPC, so its status may come at its end.</summary>
    public bool IsGrpc;

    /// <summary>The response is not the application's: the sidecar beside it has answered in its place.</summary>
    public bool IsMeshAnswer;

    /// <summary>The span of the request; its ids are set once the route is known.</summary>
    public ExchangeTrace Trace;

    /// <summary>Number under which tap follows the request; 0: not tapped.</summary>
    public ulong TapStream;

    /// <summary>Replaces the request's authority; empty keeps it.</summary>
    public ReadOnlyMemory<byte> Authority;

    /// <summary>Replaces the request's path and query; empty keeps them.</summary>
    public ReadOnlyMemory<byte> Target;

    /// <summary>Changes to the request's head, in the order they are applied.</summary>
    public EditList RequestEdits;

    /// <summary>Changes to the final response's head.</summary>
    public EditList ResponseEdits;

    /// <summary>When what runs too long is given up.</summary>
    public Deadlines Deadlines;

    /// <summary>What the policies of route and backend keep.</summary>
    public readonly PolicyState Policies = new();

    /// <summary>The attempt under way; 1 is the first.</summary>
    public int Attempt;

    /// <summary>Status of the final response, of the server's or the proxy's own; 0 before.</summary>
    public int Status;

    /// <summary>Bytes of the response's content that came from the server.</summary>
    public long ResponseContentBytes;

    /// <summary>The server's side was told the end of the request.</summary>
    public bool RequestEnded;

    /// <summary>The server takes no more of the request; its response may still come.</summary>
    public bool RequestAborted;

    /// <summary>The client's side was told the end of the response.</summary>
    public bool ResponseEnded;

    // Holds a rewritten target; kept, because a rewriting route seldom serves one request only.
    private byte[]? _targetBuffer;

    // Kept for the same reason.
    private AccessLogCapture? _capture;

    /// <summary>Room for a target of that many bytes.</summary>
    public byte[] TargetBuffer(int length)
    {
        if (_targetBuffer is null || _targetBuffer.Length < length) _targetBuffer = new byte[length];
        return _targetBuffer;
    }

    /// <summary>An empty <see cref="Captured"/> for the response that has come.</summary>
    public AccessLogCapture BeginCapture()
    {
        Captured = _capture ??= new AccessLogCapture();
        Captured.Reset();
        return Captured;
    }

    /// <summary>Ready for the next request.</summary>
    public void Reset()
    {
        StartMicros = 0;
        ResponseMicros = 0;
        Series = null;
        TapStream = 0;
        Trace = default;
        Route = null;
        Share = null;
        Cors = null;
        Fault = FaultStage.None;
        Mirrors = 0;
        Log = null;
        Captured = null;
        Flags = ResponseFlags.None;
        GrpcStatus = -1;
        IsGrpc = false;
        IsMeshAnswer = false;
        Attempt = 0;
        Status = 0;
        ResponseContentBytes = 0;
        Authority = default;
        Target = default;
        RequestEdits.Clear();
        ResponseEdits.Clear();
        Deadlines.Clear();
        ResetAttempt();
    }

    /// <summary>Ready to be sent (again).</summary>
    public void ResetAttempt()
    {
        RequestEnded = false;
        RequestAborted = false;
        ResponseEnded = false;
    }
}
