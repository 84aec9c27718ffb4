using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Tulle.Http;
using Tulle.Http.Http1;
using Tulle.Http.Http2;
using Tulle.Proxy.AccessLog;
using Tulle.Proxy.Balancing;
using Tulle.Proxy.Forwarding;
using Tulle.Proxy.Http2;
using Tulle.Proxy.Inbound;
using Tulle.Proxy.Mirroring;
using Tulle.Proxy.Model;
using Tulle.Proxy.Outbound;
using Tulle.Proxy.Resilience;
using Tulle.Proxy.Pooling;
using Tulle.Proxy.Routing.Actions;
using Tulle.Proxy.Telemetry;
using Tulle.Proxy.Tracing;
using Tulle.Transport;
using Tulle.Transport.Tls;

namespace Tulle.Proxy;

/// <summary>
/// Everything that one event loop owns: its sessions, pools, destinations, counters and the configuration in force. Loop
/// thread only, but for what says otherwise.
/// </summary>
internal sealed unsafe class Worker
{
    // Holds one head being written with the piece of body behind it; only the pages that are used become memory.
    private const int ScratchBytes = 4 * BufferPool.LargeBufferSize;

    private readonly byte* _scratch = (byte*)NativeMemory.Alloc(ScratchBytes);
    private readonly DataPlane _dataPlane;
    private readonly Housekeeper _housekeeper;
    private readonly Dictionary<Http1ErrorKind, LocalAnswer> _errorAnswers = [];
    private readonly SessionList _sessions = new();
    private bool _acceptsNoMore;

    public Worker(DataPlane dataPlane, EventLoop loop, DataPlaneConfig config, ITapSink tap, IRandomSource random, AccessLogger accessLog, ISpanSink? spans)
    {
        _dataPlane = dataPlane;
        Loop = loop;
        Config = config;
        Tap = tap;
        Random = random;
        AccessLog = accessLog;
        Tracer = new Tracer(config.Tracing, spans, random, Metrics, Math.Max(1, config.Loops));
        Mirrors = new MirrorPool(this);
        Http1Upstreams = new LoopPool<Http1Upstream>(() => new Http1Upstream(this));
        Http2Upstreams = new LoopPool<Http2Upstream>(() => new Http2Upstream(this));
        InboundStreams = new Http2DownstreamPool(this);
        OutboundStreams = new Http2DownstreamPool(this);
        Destinations = new DestinationTable(this, dataPlane.Destinations);
        InboundPorts = [.. config.Inbound.Select(port => new InboundPortState(this, port))];
        IPAddress? own = config.Outbound.Select(listener => listener.Address).FirstOrDefault(address => address.AddressFamily == AddressFamily.InterNetwork);
        if (own is not null && IPAddress.IsLoopback(own) && !own.Equals(IPAddress.Loopback)) LoopbackSource = new PeerAddress(new IPEndPoint(own, 0));
        _housekeeper = new Housekeeper(this);
    }

    public EventLoop Loop { get; }

    public DataPlaneConfig Config { get; }

    public ITapSink Tap { get; }

    public IRandomSource Random { get; }

    public LoopMetrics Metrics { get; } = new();

    public LoopPool<Exchange> Exchanges { get; } = new(static () => new Exchange());

    public LoopPool<Http1RequestHead> RequestHeads { get; } = new(static () => new Http1RequestHead());

    public LoopPool<Http1Upstream> Http1Upstreams { get; }

    /// <summary>Where finished exchanges are written down.</summary>
    public AccessLogger AccessLog { get; }

    /// <summary>Spans of requests.</summary>
    public Tracer Tracer { get; }

    /// <summary>Copies of requests on their way.</summary>
    public MirrorPool Mirrors { get; }

    /// <summary>Answers that differ from request to request.</summary>
    public AnswerComposer Answers { get; } = new();

    /// <summary>Memory for HTTP/2's frames and bodies under way.</summary>
    public Http2Memory Http2Memory { get; } = new();

    public LoopPool<Http2Upstream> Http2Upstreams { get; }

    /// <summary>Sessions that wait for an HTTP/2 stream of a client of this workload.</summary>
    public Http2DownstreamPool InboundStreams { get; }

    /// <summary>Sessions that wait for an HTTP/2 stream of this workload's application.</summary>
    public Http2DownstreamPool OutboundStreams { get; }

    /// <summary>Endpoints of every destination in use.</summary>
    public EndpointTable Endpoints { get; } = new();

    public DestinationTable Destinations { get; }

    /// <summary>What loops share about backends and destinations.</summary>
    public SharedStates Shared => _dataPlane.Shared;

    /// <summary>The time of day, for dates in messages.</summary>
    public DateTimeOffset UtcNow => _dataPlane.UtcNow;

    /// <summary>DNS, shared by all loops.</summary>
    public NameResolver Names => _dataPlane.Names;

    /// <summary>In the order of <see cref="DataPlaneConfig.Inbound"/>.</summary>
    public InboundPortState[] InboundPorts { get; }

    /// <summary>
    /// On one machine every replica has a loopback address of its own. Its connections to others come from it, so that a
    /// tap there shows who calls. Null elsewhere: the address of a pod is the system's choice already.
    /// </summary>
    public PeerAddress? LoopbackSource { get; }

    /// <summary>The certificate in force; null before the first one.</summary>
    public TlsState? Tls { get; set; }

    public bool IsDraining { get; private set; }

    /// <summary>Idle connections to servers, all endpoints together.</summary>
    public int IdleUpstreams { get; set; }

    /// <summary>Requests that were admitted and are not over.</summary>
    public int InFlight { get; set; }

    /// <summary>Sessions being served.</summary>
    public int SessionCount => _sessions.Count;

    /// <summary>Where a message is composed before one write sends it. Content is lost with the next step of any session.</summary>
    public Span<byte> Scratch => new(_scratch, ScratchBytes);

    /// <summary>Starts the periodic work. Loop thread.</summary>
    public void Start() => _housekeeper.Start();

    /// <summary>A TLS session to another sidecar; null while there is no certificate.</summary>
    public TlsSession? NewClientSession(TlsPurpose purpose) => Tls?.NewClient(purpose);

    /// <summary>Whether outbound traffic that is sent to this address would come back.</summary>
    public bool IsOwnAddress(string address) => _dataPlane.IsOwnAddress(address);

    /// <summary>What to answer to a head that is not valid HTTP/1.1.</summary>
    public LocalAnswer AnswerOf(Http1Error error)
    {
        if (_errorAnswers.TryGetValue(error.Kind, out LocalAnswer? answer)) return answer;
        MeshErrorModel model = MeshErrors.Of(error.Status switch
        {
            414 => MeshError.TargetTooLong,
            431 => MeshError.HeaderTooLarge,
            501 or 505 => MeshError.NotSupported,
            _ => MeshError.BadRequest,
        });
        return _errorAnswers[error.Kind] = model.AnswerOf(error.Status, error.Kind == Http1ErrorKind.None ? model.Text : error.Text, close: true);
    }

    public void Add(Session session) => _sessions.Add(session);

    public void Remove(Session session)
    {
        _sessions.Remove(session);
        if (_acceptsNoMore && SessionCount == 0) _dataPlane.OnDrained(this);
    }

    /// <summary>A client's connection was closed, so another one may be accepted.</summary>
    public void OnConnectionClosed() => _dataPlane.OnConnectionClosed(this);

    public void ReportError(Exception error) => _dataPlane.ReportError(error);

    /// <summary>From now on responses are the last of their connections, and connections without a request close after a moment.</summary>
    public void BeginDrain()
    {
        IsDraining = true;
        // Sessions that wait for a request see it and leave soon; the others go on.
        _sessions.ForEach(static session => session.Signal());
    }

    /// <summary>No further connection will come: with the last session, the loop is drained.</summary>
    public void EndAccepting()
    {
        _acceptsNoMore = true;
        if (SessionCount == 0) _dataPlane.OnDrained(this);
    }

    /// <summary>Closes what is left.</summary>
    public void AbortAll() => _sessions.ForEach(static session => session.Abort());

    /// <summary>Stops what would keep the loop from resting for ever. After the last session.</summary>
    public void Release()
    {
        _housekeeper.Stop();
        CloseIdle(long.MaxValue);
    }

    /// <summary>Gives back what was not needed since the last call.</summary>
    public void TrimPools()
    {
        Loop.Buffers.Trim();
        Exchanges.Trim();
        RequestHeads.Trim();
        Http1Upstreams.Trim();
        Http2Upstreams.Trim();
        Http2Memory.Trim();
        InboundStreams.Trim();
        OutboundStreams.Trim();
    }

    /// <summary>Closes connections to servers that have been idle since before that time.</summary>
    public void CloseIdle(long sinceMs)
    {
        foreach (EndpointState endpoint in Endpoints.All) (endpoint.Attachment as EndpointPool)?.CloseIdle(sinceMs);
        foreach (InboundPortState port in InboundPorts) port.Application.CloseIdle(sinceMs);
    }
}
