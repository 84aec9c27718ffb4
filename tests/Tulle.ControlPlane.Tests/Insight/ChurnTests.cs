using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Tulle.ControlPlane.Insight;
using Tulle.ControlPlane.Insight.Endpoints;
using Tulle.ControlPlane.Insight.History;
using Tulle.ControlPlane.Tests.Hosting;
using Tulle.Protocol;
using Tulle.Testing;

namespace Tulle.ControlPlane.Tests.Insight;

/// <summary>A month in which workloads, pods, services and routes come and go: what the control plane keeps of them stays the same size.</summary>
[Collection(nameof(MemoryCollection))]
public sealed class ChurnTests : IAsyncDisposable
{
    private const int HoursPerStep = 3;
    private const int WorkloadsPerStep = 15;
    private const int MaxSeries = 2_000;

    private readonly TemporaryFolder _folder = new();
    private readonly StepClock _clock = new() { Now = DateTimeOffset.FromUnixTimeSeconds(1_200_000), HasTimers = false };
    private readonly ProxyConnections _connections = new();
    private readonly HealthStore _health = new();
    private readonly TrafficStore _traffic;
    private readonly HistoryStore _history;
    private int _generation;

    public ChurnTests()
    {
        _traffic = new TrafficStore(_clock);
        _history = new HistoryStore(_folder.PathOf("history.db"), _clock, NullLogger<HistoryStore>.Instance, MaxSeries);
    }

    public async ValueTask DisposeAsync()
    {
        await _history.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public void Month_OfChurn_LeavesMemoryAndFileAsTheyWere()
    {
        // The first days fill what is kept for seven.
        Days(9);
        (long memory, long file, int series) = (Memory(), FileSize(), _history.SeriesCount);
        Days(21);
        Assert.True(_generation >= 30 * 24 / HoursPerStep * WorkloadsPerStep);
        Assert.InRange(_history.SeriesCount, 1, MaxSeries);
        Assert.InRange(_history.SeriesCount, series * 9 / 10, series * 11 / 10);
        Assert.True(FileSize() <= file * 5 / 4, $"the database grew from {file} to {FileSize()} bytes");
        Assert.InRange(Memory() - memory, long.MinValue, 2 * 1024 * 1024);
        Assert.Equal(0, _history.Overflowed);
        Assert.Empty(_health.All);
        Assert.Equal(WorkloadsPerStep, _traffic.ProxyCount);
    }

    [Fact]
    public void Attack_OnTheNumberOfSeries_IsCountedAndForgotten()
    {
        Days(1);
        for (int i = 0; i < MaxSeries + 500; i++) _history.Add("default", $"deployment/attack-{i}", [Delta($"attack-{i}")]);
        _history.Flush();
        // The series "overflow" is one more.
        Assert.InRange(_history.SeriesCount, MaxSeries, MaxSeries + 1);
        long overflowed = _history.Overflowed;
        Assert.InRange(overflowed, 500, MaxSeries);
        Days(8);
        Assert.InRange(_history.SeriesCount, 1, MaxSeries - 1);
        Days(1);
        Assert.True(_history.SeriesCount < MaxSeries && _history.Overflowed >= overflowed);
    }

    private void Days(int days)
    {
        for (int step = 0; step < days * 24 / HoursPerStep; step++)
        {
            for (int i = 0; i < WorkloadsPerStep; i++) LiveAndDie(++_generation);
            // What has filled is written, what is silent is swept.
            _clock.Now += TimeSpan.FromMinutes(2);
            _history.Flush();
            _clock.Now += TimeSpan.FromHours(HoursPerStep) - TimeSpan.FromMinutes(2);
            _history.Flush();
        }
    }

    /// <summary>A pod of a new workload, that is called as a new service by new routes, and goes.</summary>
    private void LiveAndDie(int generation)
    {
        var proxy = new ProxyId("default", $"pod-{generation}");
        var connection = new ProxyConnection(proxy);
        _connections.Add(connection);
        var report = new TrafficReport { Deltas = { Delta($"service-{generation}") } };
        _traffic.Add(proxy, report);
        _history.Add("default", $"deployment/workload-{generation}", report.Deltas);
        _health.Take(proxy, new HealthReport
        {
            Certificate = new ProxyCertificate { SpiffeId = $"spiffe://x/{generation}" },
            Backends = { new BackendReport { Name = $"service-{generation}", Endpoints = { new EndpointReport { Address = "10.0.0.1:80" } } } },
        });
        Assert.True(_connections.Remove(connection));
        _traffic.Disconnected(proxy);
        _health.Forget(proxy);
    }

    private static TrafficDelta Delta(string service) => new()
    {
        Direction = Direction.Inbound,
        PeerIdentity = $"spiffe://cluster.local/ns/default/sa/{service}",
        Service = new ServiceReference { Namespace = "default", Name = service, Port = 80 },
        Route = $"GET /{service}",
        Tls = true,
        Requests = 3,
        Successes = 3,
        Indices = { 10 },
        Counts = { 3 },
    };

    private static long Memory()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private long FileSize()
    {
        // What still stands in the write-ahead log goes where it belongs.
        using (var database = new SqliteConnection($"Data Source={_folder.PathOf("history.db")};Pooling=False"))
        {
            database.Open();
            using SqliteCommand command = database.CreateCommand();
            command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
            command.ExecuteNonQuery();
        }
        return new FileInfo(_folder.PathOf("history.db")).Length;
    }
}
