using Grpc.Core;
using Grpc.Net.Client;
using Tulle.Protocol;
using Tulle.Proxy.Telemetry;

namespace Tulle.Bench.Insight;

/// <summary>A sidecar as the control plane knows it: a connection with a discovery stream and a report stream, and traffic of six series.</summary>
internal sealed class FleetProxy : IAsyncDisposable
{
    private const int Peers = 3;

    /// <summary>How often a proxy tells counters of its endpoints, seconds.</summary>
    private const int HealthPeriod = 10;

    /// <summary>Milliseconds that proxies are apart that report at the same moment.</summary>
    private const int MaxLag = 5;

    private readonly GrpcChannel _channel;
    private readonly AsyncDuplexStreamingCall<ProxyReport, ProxyCommand> _insight;
    private readonly AsyncDuplexStreamingCall<DiscoveryRequest, DiscoveryResponse> _discovery;
    private readonly CancellationTokenSource _stop = new();
    private readonly Random _random;
    private readonly ReportPacing _pacing;
    private readonly ReportBeat _beat;
    private readonly TimeSpan _lag;
    private readonly int _self;
    private readonly int _count;
    private readonly Task[] _receiving;
    private Task _reporting = Task.CompletedTask;
    private long _reports;

    private FleetProxy(GrpcChannel channel, Metadata headers, int self, int count)
    {
        (_channel, _self, _count) = (channel, self, count);
        _random = new Random(self);
        _pacing = new ReportPacing(_random.NextDouble);
        _beat = new ReportBeat(TimeProvider.System, _random.NextDouble);
        // Clocks differ a little from machine to machine, and so do ways.
        _lag = TimeSpan.FromMilliseconds(_random.NextDouble() * MaxLag);
        _insight = new Protocol.Insight.InsightClient(channel).Report(headers);
        _discovery = new Discovery.DiscoveryClient(channel).Stream(headers);
        _receiving = [ObeyAsync(), SubscribeAsync()];
    }

    public long Reports => Interlocked.Read(ref _reports);

    public static async Task<FleetProxy> ConnectAsync(GrpcChannel channel, string token, int self, int count)
    {
        var proxy = new FleetProxy(channel, new Metadata { { "authorization", $"Bearer {token}" } }, self, count);
        await proxy._insight.ResponseHeadersAsync;
        return proxy;
    }

    public void StartReporting() => _reporting = ReportAsync();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _insight.Dispose();
        _discovery.Dispose();
        await Task.WhenAll([_reporting, .. _receiving]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _channel.Dispose();
        _stop.Dispose();
    }

    private async Task SubscribeAsync()
    {
        await _discovery.RequestStream.WriteAsync(new DiscoveryRequest { Hello = new Hello { ProxyVersion = "bench" } });
        foreach (int peer in Receivers()) await _discovery.RequestStream.WriteAsync(new DiscoveryRequest { Subscribe = new Subscribe { Authority = $"{Fleet.Name(peer)}.{Fleet.Space}:80" } });
        await foreach (DiscoveryResponse response in _discovery.ResponseStream.ReadAllAsync(_stop.Token))
        {
            Acknowledge acknowledge = response.MessageCase switch
            {
                DiscoveryResponse.MessageOneofCase.Destination => new Acknowledge { Resource = response.Destination.Authority, Version = response.Destination.Version },
                DiscoveryResponse.MessageOneofCase.Endpoints => new Acknowledge { Resource = response.Endpoints.Authority, Version = response.Endpoints.Version },
                DiscoveryResponse.MessageOneofCase.Inbound => new Acknowledge { Resource = "inbound", Version = response.Inbound.Version },
                _ => new Acknowledge { Resource = "trust", Version = response.Trust.Version },
            };
            await _discovery.RequestStream.WriteAsync(new DiscoveryRequest { Acknowledge = acknowledge });
        }
    }

    private async Task ObeyAsync()
    {
        await foreach (ProxyCommand command in _insight.ResponseStream.ReadAllAsync(_stop.Token))
        {
            if (command.Pace is { } pace) _pacing.Period = (int)pace.Seconds;
        }
    }

    private async Task ReportAsync()
    {
        int seconds = 0, sinceHealth = _random.Next(HealthPeriod);
        while (true)
        {
            await Task.Delay(_beat.UntilNext() + _lag, _stop.Token);
            seconds++;
            sinceHealth++;
            if (!_pacing.IsDue()) continue;
            bool health = sinceHealth >= HealthPeriod;
            _insight.RequestStream.WriteOptions = new WriteOptions(health ? WriteFlags.BufferHint : 0);
            await _insight.RequestStream.WriteAsync(new ProxyReport { Traffic = Traffic(seconds) });
            seconds = 0;
            Interlocked.Increment(ref _reports);
            if (!health) continue;
            sinceHealth = 0;
            _insight.RequestStream.WriteOptions = WriteOptions.Default;
            await _insight.RequestStream.WriteAsync(new ProxyReport { Health = Health() });
        }
    }

    private IEnumerable<int> Receivers() => Enumerable.Range(1, Peers).Select(step => (_self + step) % _count);

    private IEnumerable<int> Senders() => Enumerable.Range(1, Peers).Select(step => (_self - step + _count) % _count);

    private TrafficReport Traffic(int seconds)
    {
        var traffic = new TrafficReport { Seconds = (uint)seconds };
        foreach (int peer in Receivers()) traffic.Deltas.Add(Delta(Direction.Outbound, peer, peer, seconds));
        foreach (int peer in Senders()) traffic.Deltas.Add(Delta(Direction.Inbound, peer, _self, seconds));
        return traffic;
    }

    private HealthReport Health()
    {
        var health = new HealthReport();
        foreach (int peer in Receivers())
        {
            ulong requests = (ulong)_random.Next(1_000_000);
            health.Backends.Add(new BackendReport
            {
                Name = $"{Fleet.Name(peer)}.{Fleet.Space}:80",
                Service = new ServiceReference { Namespace = Fleet.Space, Name = Fleet.Name(peer), Port = 80 },
                Endpoints = { new EndpointReport { Address = $"10.0.0.1:{peer}", Requests = requests, Successes = requests } },
            });
        }
        return health;
    }

    /// <summary>Of some seconds: 5 to 50 requests a second, in as many buckets as their number makes likely.</summary>
    private TrafficDelta Delta(Direction direction, int peer, int service, int seconds)
    {
        ulong requests = (ulong)(_random.Next(5, 50) * seconds);
        var delta = new TrafficDelta
        {
            Direction = direction,
            PeerIdentity = direction == Direction.Inbound ? $"spiffe://{ProtocolNames.DefaultTrustDomain}/ns/{Fleet.Space}/sa/{Fleet.Name(peer)}" : "",
            PeerWorkload = direction == Direction.Outbound ? $"deployment/{Fleet.Name(peer)}" : "",
            Service = new ServiceReference { Namespace = Fleet.Space, Name = Fleet.Name(service), Port = 80 },
            Backend = direction == Direction.Outbound ? $"{Fleet.Name(peer)}.{Fleet.Space}:80" : "",
            Tls = true,
            Requests = requests,
            Successes = requests - 1,
            Failures = 1,
            BytesReceived = requests * 300,
            BytesSent = requests * 900,
            OpenConnections = 2,
        };
        // Latencies of 4 to 64 ms: four powers of two, eight buckets to each.
        var buckets = new SortedDictionary<int, ulong>();
        for (ulong i = 0; i < requests; i++)
        {
            int bucket = LatencyBuckets.IndexOf((long)(4_000 * Math.Pow(2, _random.NextDouble() * 4)));
            buckets[bucket] = buckets.GetValueOrDefault(bucket) + 1;
        }
        delta.Indices.AddRange(buckets.Keys.Select(bucket => (uint)bucket));
        delta.Counts.AddRange(buckets.Values);
        return delta;
    }
}
