using Tulle.Protocol;
using Tulle.Proxy.Configuration;
using Tulle.Proxy.Discovery;
using Tulle.Proxy.Tests.Hosting;
using Tulle.Testing;

namespace Tulle.Proxy.Tests.Discovery;

public sealed class DiscoveryClientTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly RecordingDataPlane _dataPlane = new();
    private readonly SubscriptionTable _subscriptions = new(TimeProvider.System);
    private readonly CancellationTokenSource _stop = new();
    private readonly TestLog _log = new();
    private FakeControlPlane _plane = null!;
    private ControlPlaneChannel _channel = null!;
    private DiscoveryClient _client = null!;
    private Task _running = Task.CompletedTask;

    [Fact]
    public async Task Stream_Begins_WithTokenAndHello()
    {
        Start();
        DiscoveryStream stream = await _plane.NextStreamAsync();
        Assert.Equal("9.9.9", (await stream.NextAsync()).Hello.ProxyVersion);
        Assert.Equal("Bearer secret-token", Assert.Single(_plane.Authorizations));
    }

    [Fact]
    public async Task Subscribe_Snapshot_IsAppliedAndAcknowledged()
    {
        Start();
        DiscoveryStream stream = await BeginAsync();
        _subscriptions.Subscribe("users:80");
        _subscriptions.Subscribe("users:80");
        Assert.Equal("users:80", (await stream.NextAsync()).Subscribe.Authority);

        stream.Send(Users(version: 3, "10.0.0.1"));
        Acknowledge acknowledge = await stream.NextAcknowledgeAsync();
        Assert.Equal(("users:80", 3ul, ""), (acknowledge.Resource, acknowledge.Version, acknowledge.Error));
        Assert.Equal(3ul, Assert.Single(_dataPlane.Destinations).Version);
        Assert.Equal(3ul, Assert.Single(_subscriptions.Snapshot()).Applied!.Version);
        Assert.True(_client.State.Connected);
    }

    [Fact]
    public async Task EndpointUpdate_IsMergedIntoSnapshot()
    {
        Start();
        DiscoveryStream stream = await BeginAsync("users:80");
        stream.Send(Users(1, "10.0.0.1", "10.0.0.2"));
        await stream.NextAcknowledgeAsync();
        stream.Send(new EndpointUpdate
        {
            Authority = "users:80", Version = 2, Backend = "b",
            Upserted = { Endpoint("10.0.0.3"), new Endpoint { Address = "10.0.0.1", Port = 8080, Identity = "spiffe://td/new" } },
            Removed = { "10.0.0.2:8080" },
        });

        Assert.Equal((2ul, ""), await AckAsync(stream));
        Destination merged = _dataPlane.Destinations.Last();
        Assert.Equal(2ul, merged.Version);
        Assert.Equal(["10.0.0.1", "10.0.0.3"], merged.Backends[0].Endpoints.Select(e => e.Address).Order());
        Assert.Equal("spiffe://td/new", merged.Backends[0].Endpoints.Single(e => e.Address == "10.0.0.1").Identity);
        Assert.Equal(2, _dataPlane.Destinations.First().Backends[0].Endpoints.Count);
    }

    [Fact]
    public async Task Destination_Refused_IsReportedAndLastGoodStays()
    {
        _dataPlane.Refuse = d => d.Version == 2 ? "the route has no backend" : null;
        Start();
        DiscoveryStream stream = await BeginAsync("users:80");
        stream.Send(Users(1, "10.0.0.1"));
        Assert.Equal((1ul, ""), await AckAsync(stream));
        stream.Send(Users(2, "10.0.0.2"));
        Assert.Equal((2ul, "the route has no backend"), await AckAsync(stream));

        SubscriptionSnapshot known = Assert.Single(_subscriptions.Snapshot());
        Assert.Equal(1ul, known.Applied!.Version);
        Assert.Equal("the route has no backend", known.LastError);

        // A later change builds on what the control plane sent, not on what was in force.
        stream.Send(new EndpointUpdate { Authority = "users:80", Version = 3, Backend = "b", Upserted = { Endpoint("10.0.0.3") } });
        Assert.Equal((3ul, ""), await AckAsync(stream));
        Assert.Equal(["10.0.0.2", "10.0.0.3"], _dataPlane.Destinations.Last().Backends[0].Endpoints.Select(e => e.Address).Order());
    }

    [Fact]
    public async Task Destination_HandlerThrows_CostsThatMessageOnly()
    {
        _dataPlane.Refuse = d => d.Version == 1 ? throw new InvalidOperationException("oops") : null;
        Start();
        DiscoveryStream stream = await BeginAsync("users:80");
        stream.Send(Users(1, "10.0.0.1"));
        Assert.Contains("oops", (await AckAsync(stream)).Error, StringComparison.Ordinal);
        stream.Send(Users(2, "10.0.0.1"));
        Assert.Equal((2ul, ""), await AckAsync(stream));
    }

    [Fact]
    public async Task EndpointUpdate_OfUnknownBackend_AsksForSnapshotAgain()
    {
        Start();
        DiscoveryStream stream = await BeginAsync("users:80");
        stream.Send(Users(1, "10.0.0.1"));
        await stream.NextAcknowledgeAsync();
        stream.Send(new EndpointUpdate { Authority = "users:80", Version = 2, Backend = "nowhere" });
        Assert.Contains("nowhere", (await AckAsync(stream)).Error, StringComparison.Ordinal);
        Assert.Equal("users:80", (await stream.NextAsync()).Unsubscribe.Authority);
        Assert.Equal("users:80", (await stream.NextAsync()).Subscribe.Authority);
    }

    [Fact]
    public async Task Unsubscribe_IsSent_AndLateAnswersAreIgnored()
    {
        Start();
        DiscoveryStream stream = await BeginAsync("users:80");
        _subscriptions.Unsubscribe("users:80");
        Assert.Equal("users:80", (await stream.NextAsync()).Unsubscribe.Authority);
        stream.Send(Users(1, "10.0.0.1"));
        stream.Send(new InboundPolicy { Version = 7 });
        Assert.Equal("inbound", (await stream.NextAcknowledgeAsync()).Resource);
        Assert.Empty(_dataPlane.Destinations);
    }

    [Fact]
    public async Task Inbound_IsAppliedAndShown()
    {
        Start();
        DiscoveryStream stream = await BeginAsync();
        stream.Send(new InboundPolicy { Version = 4, DefaultMode = MtlsMode.MtlsStrict });
        Acknowledge acknowledge = await stream.NextAcknowledgeAsync();
        Assert.Equal(("inbound", 4ul), (acknowledge.Resource, acknowledge.Version));
        Assert.Equal(MtlsMode.MtlsStrict, _client.Inbound!.Policy.DefaultMode);
        Assert.Single(_dataPlane.Policies);
    }

    [Fact]
    public async Task ControlPlane_Restarts_SubscriptionsComeBackAndStateStays()
    {
        Start();
        DiscoveryStream stream = await BeginAsync("users:80");
        stream.Send(Users(1, "10.0.0.1"));
        await stream.NextAcknowledgeAsync();

        await _plane.StopAsync();
        await Eventually.TrueAsync(() => !_client.State.Connected, Patience, "the loss is noticed", () => _log.Text);
        Assert.Equal(1ul, Assert.Single(_subscriptions.Snapshot()).Applied!.Version);
        _subscriptions.Subscribe("orders:80");
        _subscriptions.Subscribe("gone:80");
        _subscriptions.Unsubscribe("gone:80");

        await _plane.StartAsync();
        DiscoveryStream next = await _plane.NextStreamAsync();
        Assert.NotNull((await next.NextAsync()).Hello);
        string[] again = [(await next.NextAsync()).Subscribe.Authority, (await next.NextAsync()).Subscribe.Authority];
        Assert.Equal(["orders:80", "users:80"], again.Order());

        // A delta without this stream's snapshot makes no sense, even if an old snapshot is known.
        next.Send(new EndpointUpdate { Authority = "users:80", Version = 9, Backend = "b" });
        Assert.Contains("before its snapshot", (await AckAsync(next)).Error, StringComparison.Ordinal);
    }

    /// <summary>A stopped process keeps its connections open and takes bytes; only the missing answer to a ping gives it away.</summary>
    [Fact]
    public async Task ControlPlane_Silent_IsNoticedAndTheStateStays()
    {
        await using var relay = new SilenceableRelay(new Uri(_plane.Url).Port);
        Start(_plane.Config() with { ControlPlane = new Uri($"https://127.0.0.1:{relay.Port}") });
        DiscoveryStream stream = await BeginAsync("users:80");
        stream.Send(Users(1, "10.0.0.1"));
        await stream.NextAcknowledgeAsync();

        relay.Silent = true;
        TimeSpan limit = ControlPlaneChannel.PingDelay + ControlPlaneChannel.PingTimeout + TimeSpan.FromSeconds(10);
        await Eventually.TrueAsync(() => !_client.State.Connected, limit, "the silence is noticed");
        Assert.Equal(1ul, Assert.Single(_subscriptions.Snapshot()).Applied!.Version);

        relay.Silent = false;
        Assert.NotNull((await (await _plane.NextStreamAsync()).NextAsync()).Hello);
    }

    [Fact]
    public async Task ControlPlane_WithOtherIdentity_IsNotTrusted()
    {
        await using FakeControlPlane impostor = await FakeControlPlane.StartAsync(Tulle.Identity.SpiffeId.Parse("spiffe://cluster.local/ns/evil/sa/x"));
        Start(impostor.Config());
        await Eventually.TrueAsync(() => _client.State.LastError.Length > 0, Patience, "the stream is refused");
        Assert.Contains("spiffe://cluster.local/ns/evil/sa/x", _client.State.LastError, StringComparison.Ordinal);
        Assert.Empty(impostor.Authorizations);
    }

    [Fact]
    public async Task ControlPlane_OfOtherRoot_IsNotTrusted()
    {
        await using FakeControlPlane other = await FakeControlPlane.StartAsync();
        Start(other.Config() with { TrustAnchorsFile = _plane.AnchorsFile });
        await Eventually.TrueAsync(() => _client.State.LastError.Contains("trust anchor", StringComparison.Ordinal), Patience, "the stream is refused");
        Assert.Empty(other.Authorizations);
    }

    [Fact]
    public async Task Token_ReadAgainOnReconnect()
    {
        File.WriteAllText(_plane.TokenFile, "stale");
        Start();
        await Eventually.TrueAsync(() => _client.State.LastError.Contains("did not accept the token", StringComparison.Ordinal), Patience, "the token is refused");
        File.WriteAllText(_plane.TokenFile, "secret-token");
        await _plane.NextStreamAsync();
        Assert.DoesNotContain("secret-token", _log.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("stale\n", _log.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "cannot be read")]
    [InlineData("", "does not hold a token")]
    [InlineData("two words", "does not hold a token")]
    public async Task Token_Unusable_NamesTheFile(string? content, string expected)
    {
        string path = _plane.TokenFile + ".other";
        if (content is not null) File.WriteAllText(path, content);
        Start(_plane.Config() with { TokenFile = path });
        await Eventually.TrueAsync(() => _client.State.LastError.Length > 0, Patience, "the stream fails");
        Assert.Contains(path, _client.State.LastError, StringComparison.Ordinal);
        Assert.Contains(expected, _client.State.LastError, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ControlPlane_Unreachable_IsSaidOnceInWords()
    {
        await _plane.StopAsync();
        Start();
        await Eventually.TrueAsync(() => _client.State.Attempts > 2, Patience, "it is tried again");
        Assert.Contains(new Uri(_plane.Url).Authority, _client.State.LastError, StringComparison.Ordinal);
        Assert.Single(_log.Text.Split('\n'), line => line.Contains(" warn ", StringComparison.Ordinal));
    }

    public async ValueTask InitializeAsync() => _plane = await FakeControlPlane.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _channel?.Dispose();
        await _plane.DisposeAsync();
    }

    private void Start(ProxyConfig? config = null)
    {
        _channel = new ControlPlaneChannel(config ?? _plane.Config(), TimeProvider.System);
        _client = new DiscoveryClient(_channel, _subscriptions, _dataPlane, _ => null, "9.9.9", TimeProvider.System, () => 0.5, _log.Log);
        _running = _client.RunAsync(_stop.Token);
    }

    private async Task<DiscoveryStream> BeginAsync(string? subscribe = null)
    {
        DiscoveryStream stream = await _plane.NextStreamAsync();
        Assert.NotNull((await stream.NextAsync()).Hello);
        if (subscribe is null) return stream;
        _subscriptions.Subscribe(subscribe);
        Assert.Equal(subscribe, (await stream.NextAsync()).Subscribe.Authority);
        return stream;
    }

    private static async Task<(ulong Version, string Error)> AckAsync(DiscoveryStream stream)
    {
        Acknowledge acknowledge = await stream.NextAcknowledgeAsync();
        return (acknowledge.Version, acknowledge.Error);
    }

    private static Destination Users(ulong version, params string[] addresses) => new()
    {
        Authority = "users:80",
        Version = version,
        Resolution = Resolution.Mesh,
        Routes = { new Route { Name = "default", Backends = { new WeightedBackend { Backend = "b", Weight = 1 } } } },
        Backends = { new Backend { Name = "b", Endpoints = { addresses.Select(Endpoint) } } },
    };

    private static Endpoint Endpoint(string address) => new() { Address = address, Port = 8080 };
}
