using System.Net;
using Tulle.Protocol;
using Tulle.Proxy.AccessLog;
using Tulle.Proxy.Balancing;
using Tulle.Proxy.Discovery;
using Tulle.Proxy.Draining;
using Tulle.Proxy.Inbound;
using Tulle.Proxy.Listening;
using Tulle.Proxy.Model;
using Tulle.Proxy.Outbound;
using Tulle.Proxy.Resilience;
using Tulle.Proxy.Routing;
using Tulle.Proxy.Telemetry;
using Tulle.Proxy.Tracing;
using Tulle.Transport;

namespace Tulle.Proxy;

/// <summary>
/// The event loops and what they serve. Start it, hand it destinations, policy and certificates as they come, drain it.
/// Every member may be called from any thread.
/// </summary>
internal sealed class DataPlane : IDataPlane, IAsyncDisposable
{
    private readonly Worker[] _workers;
    private readonly ListenerSet _listeners;
    private readonly DrainState _drain;
    private readonly HashSet<string> _ownAddresses;
    private readonly TimeProvider _time;
    private bool _started;
    private int _disposed;

    /// <param name="config">Addresses and limits; read once.</param>
    /// <param name="source">Where unknown authorities are asked for; its answers come back through Apply.</param>
    /// <param name="tap">What is told about requests while somebody taps.</param>
    /// <param name="time">Clock of the loops.</param>
    /// <param name="seed">Seed of the loops' randomness; the same seed picks the same endpoints.</param>
    /// <param name="accessLog">Where lines of the access log go; null: nowhere.</param>
    /// <param name="spans">Where spans of requests go; null: nowhere.</param>
    public DataPlane(
        DataPlaneConfig config, IDestinationSource source, ITapSink tap, TimeProvider time, ulong seed = 1, IAccessLogSink? accessLog = null, ISpanSink? spans = null)
    {
        Config = config;
        _time = time;
        Destinations = new DestinationRegistry(source);
        _ownAddresses = [.. config.Outbound.Concat(config.Upstreams.Select(upstream => upstream.Listen)).Select(address => address.ToString())];
        _workers = [.. Enumerable.Range(0, Math.Max(1, config.Loops)).Select(i =>
            new Worker(this, new EventLoop($"tulle-loop-{i}", time) { OnError = ReportError }, config, tap, new XoshiroRandom(seed + (ulong)i), new AccessLogger(accessLog, time), spans))];
        _drain = new DrainState(_workers.Length);
        _listeners = new ListenerSet(config, _workers);
        Metrics = [.. _workers.Select(worker => worker.Metrics)];
        Endpoints = [.. _workers.Select(worker => worker.Endpoints)];
    }

    public DataPlaneConfig Config { get; }

    /// <summary>The counters, one holder per event loop.</summary>
    public IReadOnlyList<LoopMetrics> Metrics { get; }

    /// <summary>The endpoints in use, a table per event loop; only their counters may be read from other threads.</summary>
    public IReadOnlyList<EndpointTable> Endpoints { get; }

    /// <summary>Requests under way, as seen from outside of the loops.</summary>
    public int InFlight => _workers.Sum(worker => worker.InFlight);

    /// <summary>What is known about the authorities in use, for /config.</summary>
    public DestinationRegistry Destinations { get; }

    /// <summary>What loops share about backends and destinations.</summary>
    public SharedStates Shared { get; } = new();

    /// <summary>DNS for what the mesh does not know.</summary>
    public NameResolver Names { get; init; } = new();

    /// <summary>The certificate in force; null before the first one.</summary>
    public TlsState? Tls { get; private set; }

    /// <summary>The policy for the workload's own ports; null before the first one.</summary>
    public InboundPolicyModel? Policy { get; private set; }

    /// <summary>The addresses that were bound, in the order outbound, inbound, upstreams; ports are known even where 0 was asked for.</summary>
    public IReadOnlyList<IPEndPoint> Addresses => _listeners.Addresses;

    /// <summary>Called with what nothing expected; the connection concerned was closed, and the loops go on. Set before the start.</summary>
    public Action<Exception>? OnError { get; set; }

    /// <summary>Binds every listener and starts the loops. What was applied before is in force before the first connection.</summary>
    /// <exception cref="IOException">An address cannot be bound; the message names it and why.</exception>
    public void Start()
    {
        _listeners.Bind();
        _started = true;
        foreach (IPEndPoint address in _listeners.OutboundAddresses) _ownAddresses.Add(address.ToString());
        foreach (Worker worker in _workers)
        {
            for (int i = 0; i < worker.InboundPorts.Length; i++) worker.InboundPorts[i].Listen = _listeners.Addresses[Config.Outbound.Count + i];
            worker.Loop.Post(static state => ((Worker)state!).Start(), worker);
            worker.Loop.Start();
        }
        _listeners.Start();
    }

    /// <inheritdoc/>
    public string? Apply(Destination destination)
    {
        (DestinationModel? model, string? error) = DestinationModel.Compile(destination);
        if (model is null) return error;
        if (Destinations.Store(model)) Broadcast(static (worker, value) => worker.Destinations.Apply((DestinationModel)value), model);
        return null;
    }

    /// <inheritdoc/>
    public string? Apply(InboundPolicy policy)
    {
        (InboundPolicyModel? model, string? error) = InboundPolicyModel.Compile(policy);
        if (model is null) return error;
        Policy = model;
        Broadcast(
            static (worker, value) =>
            {
                foreach (InboundPortState port in worker.InboundPorts) port.Policy = ((InboundPolicyModel)value).Of(port.Listen.Port);
            },
            model);
        return null;
    }

    /// <inheritdoc/>
    public string? Apply(WorkloadCertificate certificate)
    {
        (TlsState? state, string? error) = TlsState.Compile(certificate);
        if (state is null) return error;
        Tls = state;
        // Idle connections of the old certificate stay: it was valid when they were made, and they end with their idle time.
        Broadcast(static (worker, value) => worker.Tls = (TlsState)value, state);
        return null;
    }

    /// <summary>
    /// Tells clients with every response that it is the last of its connection, and serves what arrives until then; after
    /// <see cref="DataPlaneConfig.DrainLinger"/>, when nobody should send anything here any more, stops accepting; and closes
    /// what is left when <paramref name="grace"/> has passed. Completes when nothing is open any more.
    /// </summary>
    public async Task DrainAsync(TimeSpan grace)
    {
        Broadcast(static (worker, _) => worker.BeginDrain(), this);
        TimeSpan linger = Config.DrainLinger < grace ? Config.DrainLinger : grace;
        try
        {
            await Task.Delay(linger, _time).ConfigureAwait(false);
            await _listeners.CloseAsync().ConfigureAwait(false);
            Broadcast(static (worker, _) => worker.EndAccepting(), this);
            await _drain.Completed.WaitAsync(grace - linger, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Broadcast(static (worker, _) => worker.AbortAll(), this);
        }
    }

    /// <summary>Stops the loops at once and closes every connection.</summary>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return ValueTask.CompletedTask;
        _ = _listeners.CloseAsync();
        if (_started) CloseConnections();
        foreach (Worker worker in _workers) worker.Loop.Dispose();
        return ValueTask.CompletedTask;
    }

    private void CloseConnections()
    {
        using var closed = new CountdownEvent(_workers.Length);
        foreach (Worker worker in _workers)
        {
            bool posted = worker.Loop.Post(
                static state =>
                {
                    var (worker, closed) = ((Worker, CountdownEvent))state!;
                    worker.AbortAll();
                    worker.Release();
                    closed.Signal();
                },
                (worker, closed));
            if (!posted) closed.Signal();
        }
        closed.Wait(TimeSpan.FromSeconds(5));
    }

    /// <summary>Runs something on a loop's thread. For tests and diagnostics.</summary>
    internal void OnLoop(int index, Action action) => _workers[index].Loop.Post(static state => ((Action)state!)(), action);

    /// <summary>One of its loops. For tests and diagnostics.</summary>
    internal EventLoop LoopAt(int index) => _workers[index].Loop;

    /// <summary>Idle connections to servers on one loop. That loop's thread.</summary>
    internal int IdleUpstreams(int index) => _workers[index].IdleUpstreams;

    /// <summary>What the loop's housekeeper does every few seconds. That loop's thread.</summary>
    internal void TrimPools(int index) => _workers[index].TrimPools();

    /// <summary>Sessions on one loop that wait for a stream of an inbound connection. That loop's thread.</summary>
    internal int IdleStreams(int index) => _workers[index].InboundStreams.Count;

    internal DateTimeOffset UtcNow => _time.GetUtcNow();

    internal bool IsOwnAddress(string address) => _ownAddresses.Contains(address);

    internal void OnDrained(Worker worker) => _drain.OnDrained(worker);

    internal void OnConnectionClosed(Worker worker) => _listeners.OnConnectionClosed(worker);

    internal void ReportError(Exception error) => OnError?.Invoke(error);

    private void Broadcast(Action<Worker, object> action, object value)
    {
        foreach (Worker worker in _workers)
        {
            worker.Loop.Post(
                static state =>
                {
                    var (action, worker, value) = ((Action<Worker, object>, Worker, object))state!;
                    action(worker, value);
                },
                (action, worker, value));
        }
    }
}
