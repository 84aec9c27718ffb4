using Tulle.Protocol;
using Tulle.Proxy.Balancing;
using Tulle.Proxy.Forwarding;
using Tulle.Proxy.Pooling;
using Tulle.Proxy.Resilience;
using Tulle.Proxy.Telemetry;
using Tulle.Transport;

namespace Tulle.Proxy.Outbound;

/// <summary>
/// The server's side of a connection that is carried as it is, from discovery to TLS. While none of the client's bytes went anywhere,
/// an endpoint that does not answer is nobody's loss: the next one is tried. Loop thread only.
/// </summary>
internal sealed class OpaqueUpstream(Worker worker, Session session, DestinationState destination)
{
    /// <summary>Endpoints that are tried; HAProxy's <c>retries 3</c> is as many.</summary>
    private const int MaxAttempts = 4;

    private readonly TriedEndpoints _tried = new();
    private Candidate? _target;
    private Connection? _connection;
    private MeshError _lastError;
    private bool _isProbe;

    // What the client's TLS asks for, where that decides.
    private bool _isTls;
    private byte[] _serverName = [];

    // An endpoint was picked, and it was not yet told how connecting to it went.
    private bool _isUnreported;

    /// <summary>Where it goes, as far as that is known.</summary>
    public BackendState? Backend { get; private set; }

    /// <summary>The endpoint of the last attempt; null before the first.</summary>
    public EndpointState? Endpoint => _target?.State;

    /// <summary>An attempt is under way, with a time of its own.</summary>
    public bool IsConnecting => DueMs < long.MaxValue;

    /// <summary>Milliseconds of the loop's clock when <see cref="Connect"/> wants to be called again whatever happens; the largest number for never.</summary>
    public long DueMs { get; private set; } = long.MaxValue;

    /// <summary>Whether the server said something; its connection must be up.</summary>
    public IoStatus Receive() => _connection!.Receive();

    /// <summary>Goes on with connecting. Wait: the session is signaled when it can go on, but for <see cref="DueMs"/>.</summary>
    public Step Connect(Connection client, out MeshError error)
    {
        while (true)
        {
            if (_connection is null)
            {
                Step begun = Begin(client, out error);
                if (begun != Step.Done) return begun;
            }
            IoStatus connected = Pool.FinishConnect(_connection!, out error);
            if (connected == IoStatus.Wait)
            {
                if (worker.Loop.NowMs < DueMs) return Step.Wait;
                error = MeshError.ConnectTimeout;
                worker.Metrics.Connections.CountTimeout(Direction.Outbound, error);
            }
            DueMs = long.MaxValue;
            Report(error);
            if (connected == IoStatus.Done) return Step.Done;
            CloseConnection();
            _lastError = error;
            _tried.Add(_target!);
            if (_tried.Count >= MaxAttempts) return Step.Failed;
        }
    }

    /// <summary>The connection that is up, for whoever carries its bytes, and where they are counted.</summary>
    public (Connection Connection, TrafficSeries Series) Take()
    {
        Connection connection = _connection!;
        _connection = null;
        return (connection, Backend!.Series(_target!.State, -1));
    }

    public void Close()
    {
        // Nobody waited for it to the end: that says nothing, but a probe must not stay under way.
        if (_isUnreported) Backend!.Observe(_target!, AttemptResult.Unknown, 0, AttemptOutcome.NoGrpcStatus, _isProbe);
        _isUnreported = false;
        CloseConnection();
    }

    private EndpointPool Pool => Backend!.PoolOf(_target!);

    private Step Begin(Connection client, out MeshError error)
    {
        if (Backend is null)
        {
            Step chosen = Choose(client, out error);
            if (chosen != Step.Done) return chosen;
        }
        Candidate? picked = Backend!.Pick(new PickRequest { Tried = _tried }, out _isProbe);
        if (picked is null)
        {
            error = _tried.Count > 0 ? _lastError : Backend.HasEndpoints ? MeshError.NoHealthyEndpoints : MeshError.NoEndpoints;
            return Step.Failed;
        }
        _target = picked;
        _isUnreported = true;
        if (_tried.Contains(picked))
        {
            error = _lastError;
            return Step.Failed;
        }
        EndpointPool pool = Pool;
        if (pool.IsSelf)
        {
            error = MeshError.LoopDetected;
            return Step.Failed;
        }
        _connection = pool.Connect(session, TlsPurpose.Opaque, out error);
        // No further connection may be made, but an idle one of HTTP holds a place, too.
        if (error == MeshError.TooManyConnections && Backend.Limits is { } limits && limits.TryFreePlace())
        {
            _connection = pool.Connect(session, TlsPurpose.Opaque, out error);
            limits.ReturnUnused();
        }
        if (_connection is null) return Step.Failed;
        DueMs = worker.Loop.NowMs + (long)pool.ConnectTimeout.TotalMilliseconds;
        return Step.Done;
    }

    /// <summary>Finds the backend: by what the mesh knows, by the server name, or by DNS.</summary>
    private Step Choose(Connection client, out MeshError error)
    {
        Step known = destination.AwaitModel(session, out error);
        if (known != Step.Done) return known;
        if (destination.Model!.NeedsServerName && ServerName.Read(client, worker.Scratch, out _isTls, out _serverName) == Step.Wait) return Step.Wait;
        if (destination.Model.Resolution == Resolution.NotFound && !destination.Model.RoutesConnection(_isTls, _serverName))
        {
            known = destination.Await(session, out error);
            if (known != Step.Done) return known;
            Backend = destination.External.Backend;
            return Step.Done;
        }
        int index = destination.Model.PickConnectionBackend(_isTls, _serverName, worker.Random);
        if (index >= 0)
        {
            Backend = destination.Backends[index];
            return Step.Done;
        }
        error = MeshError.NoBackend;
        return Step.Failed;
    }

    private void Report(MeshError error)
    {
        if (!_isUnreported) return;
        _isUnreported = false;
        Backend!.ObserveConnect(_target!, error, _isProbe);
    }

    private void CloseConnection()
    {
        _connection?.Close();
        _connection = null;
        DueMs = long.MaxValue;
    }
}
