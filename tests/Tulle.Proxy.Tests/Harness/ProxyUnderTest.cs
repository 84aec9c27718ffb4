using System.Collections.Concurrent;
using System.Net;
using Tulle.Protocol;
using Tulle.Proxy.AccessLog;
using Tulle.Proxy.Discovery;
using Tulle.Proxy.Model;
using Tulle.Proxy.Outbound;
using Tulle.Proxy.Telemetry;
using Tulle.Proxy.Tests.Telemetry;
using Tulle.Testing;

namespace Tulle.Proxy.Tests.Harness;

/// <summary>
/// A real data plane on real sockets, with destinations that the test sets. Fails the test when something threw that
/// nothing expected.
/// </summary>
internal sealed class ProxyUnderTest : IDestinationSource, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Destination> _destinations = new();
    private readonly ConcurrentQueue<Exception> _errors = new();
    private readonly ManualClock? _clock;

    /// <param name="setUp">Changes the default: one loop, an outbound port.</param>
    /// <param name="time">The clock; with <see cref="ManualClock"/> see <see cref="AdvanceAsync"/>.</param>
    /// <param name="accessLog">Gets the lines of the access log.</param>
    /// <param name="names">Its DNS; null: the system's.</param>
    public ProxyUnderTest(
        Func<DataPlaneConfig, DataPlaneConfig>? setUp = null, TimeProvider? time = null, IAccessLogSink? accessLog = null, NameResolver? names = null)
    {
        Spans = new SpanLists(() => DataPlane!.Metrics);
        time ??= TimeProvider.System;
        _clock = time as ManualClock;
        var config = new DataPlaneConfig { Outbound = [AnyPort], DiscoveryTimeout = TimeSpan.FromSeconds(5) };
        config = setUp?.Invoke(config) ?? config;
        Config = config;
        DataPlane = new DataPlane(config, this, Taps, time, accessLog: accessLog, spans: Spans.Reporter) { OnError = _errors.Enqueue, Names = names ?? new NameResolver() };
        DataPlane.Start();
    }

    public static IPEndPoint AnyPort => new(IPAddress.Loopback, 0);

    public DataPlaneConfig Config { get; }

    public DataPlane DataPlane { get; }

    public TapHub Taps { get; } = new(TimeProvider.System);

    /// <summary>The spans that it reports.</summary>
    public SpanLists Spans { get; }

    /// <summary>Authorities asked for and not given up.</summary>
    public ConcurrentDictionary<string, bool> Subscribed { get; } = new();

    public IPEndPoint Outbound => DataPlane.Addresses[0];

    public IPEndPoint Inbound(int index = 0) => DataPlane.Addresses[Config.Outbound.Count + index];

    public IPEndPoint Upstream(int index = 0) => DataPlane.Addresses[Config.Outbound.Count + Config.Inbound.Count + index];

    /// <summary>A proxy with one inbound port in front of an application.</summary>
    public static ProxyUnderTest WithInbound(IPEndPoint application, Func<DataPlaneConfig, DataPlaneConfig>? setUp = null, IAccessLogSink? accessLog = null) => new(
        config =>
        {
            config = config with { Inbound = [new InboundListenerConfig(AnyPort, application)] };
            return setUp?.Invoke(config) ?? config;
        },
        accessLog: accessLog);

    /// <summary>Sets where an authority leads; at once for those that asked already.</summary>
    public void Route(string authority, params (IPEndPoint Address, string Identity)[] endpoints)
    {
        var backend = new Backend { Name = authority, Service = new ServiceReference { Namespace = "test", Name = "app", Port = 80 } };
        backend.Endpoints.AddRange(endpoints.Select(e => new Endpoint
        {
            Address = e.Address.Address.ToString(), Port = (uint)e.Address.Port, Identity = e.Identity, Workload = "deployment/app",
        }));
        Apply(new Destination
        {
            Authority = authority,
            Version = 1,
            Resolution = Resolution.Mesh,
            Service = backend.Service,
            Backends = { backend },
            Routes = { new Route { Name = "default", Backends = { new WeightedBackend { Backend = authority, Weight = 1 } } } },
        });
    }

    public void Route(string authority, params IPEndPoint[] endpoints) => Route(authority, [.. endpoints.Select(address => (address, ""))]);

    public void Apply(Destination destination)
    {
        _destinations[destination.Authority] = destination;
        if (Subscribed.ContainsKey(destination.Authority)) Assert.Null(DataPlane.Apply(destination));
    }

    /// <summary>Lets time pass on a manual clock, and every loop notice.</summary>
    public async Task AdvanceAsync(TimeSpan by)
    {
        _clock!.Advance(by);
        await TurnAsync();
    }

    /// <summary>Waits until every loop has done what it had to do.</summary>
    public async Task TurnAsync()
    {
        // The first turn may have read the clock already; the second fires what is due; the third does what that queued.
        for (int turn = 0; turn < 3; turn++)
        {
            for (int i = 0; i < DataPlane.Metrics.Count; i++) await new TurnMarker(DataPlane.LoopAt(i)).EndedAsync();
        }
    }

    /// <summary>How often policies did that, on all loops.</summary>
    public long Policies(PolicyEvent what)
    {
        FinishTurns();
        return DataPlane.Metrics.Sum(loop => loop.Policies[what]);
    }

    /// <summary>Sets what its first inbound port speaks; in force when it returns.</summary>
    public async Task DeclareInboundAsync(Protocol.Protocol protocol)
    {
        Assert.Null(DataPlane.Apply(new InboundPolicy { Ports = { new InboundPort { Port = (uint)Inbound().Port, Protocol = protocol } } }));
        await TurnAsync();
    }

    /// <summary>The counters of all loops, added up.</summary>
    public long Sum(Direction direction, Func<TrafficSeries, long> counter) =>
        DataPlane.Metrics.SelectMany(loop => loop.All).Where(series => series.Key.Direction == direction).Sum(counter);

    /// <summary>Waits until the counters add up to that: a client may read a response before the loop has counted it.</summary>
    public Task CountsAsync(long expected, Direction direction, Func<TrafficSeries, long> counter) => Eventually.TrueAsync(
        () => Sum(direction, counter) == expected, Eventually.Patience, $"the counters add up to {expected}", () => $"they are {Sum(direction, counter)}");

    /// <summary>How often the mesh answered for a reason.</summary>
    public long Errors(string reason)
    {
        FinishTurns();
        return DataPlane.Metrics.SelectMany(loop => loop.Errors).Where(e => e.Reason == reason).Sum(e => e.Count);
    }

    void IDestinationSource.Subscribe(string authority)
    {
        Subscribed[authority] = true;
        if (authority.StartsWith("unanswered", StringComparison.Ordinal)) return;
        Destination answer = _destinations.GetValueOrDefault(authority)
            ?? new Destination { Authority = authority, Version = 1, Resolution = Resolution.NotFound };
        Assert.Null(DataPlane.Apply(answer));
    }

    void IDestinationSource.Unsubscribe(string authority) => Subscribed.TryRemove(authority, out _);

    // A client may read a response before the loop has counted it.
    private void FinishTurns() => TurnAsync().GetAwaiter().GetResult();

    public async ValueTask DisposeAsync()
    {
        await DataPlane.DisposeAsync();
        Assert.Empty(_errors);
    }
}
