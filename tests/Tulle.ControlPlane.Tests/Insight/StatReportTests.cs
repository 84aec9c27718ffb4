using Microsoft.Extensions.Logging.Abstractions;
using Tulle.ControlPlane.Insight;
using Tulle.ControlPlane.Insight.History;
using Tulle.ControlPlane.Tests.Hosting;
using Tulle.Protocol;
using Tulle.Testing;

namespace Tulle.ControlPlane.Tests.Insight;

/// <summary>A list has the numbers that each of its rows has when it is asked for alone.</summary>
public sealed class StatReportTests : IAsyncDisposable
{
    private const int Workloads = 12;

    private readonly TemporaryFolder _folder = new();
    private readonly StepClock _clock = new() { HasTimers = false };
    private readonly Random _random = new(3);
    private readonly TrafficStore _live;
    private readonly HistoryStore _history;
    private readonly FixedWorkloads _mesh;

    public StatReportTests()
    {
        _live = new TrafficStore(_clock);
        _history = new HistoryStore(_folder.PathOf("history.db"), _clock, NullLogger<HistoryStore>.Instance);
        // Two replicas each, of which the second of some is in no service; a service of all; two namespaces with the same names.
        WorkloadPod[] pods = [.. Enumerable.Range(0, 2 * Workloads).Select(i => new WorkloadPod(
            Space(i / 2), $"w{i / 2}-{i % 2}", $"deployment/w{i / 2 % 6}", "", $"spiffe://cluster.local/ns/{Space(i / 2)}/sa/w{i / 2}", i % 6 == 1 ? [] : [$"w{i / 2 % 6}", "all"]))];
        _mesh = new FixedWorkloads(pods, [.. pods.SelectMany(pod => pod.Services, (pod, service) => (pod.Namespace, service)).Distinct()]);
        for (int second = 0; second < 4000; second += 5)
        {
            WorkloadPod pod = pods[_random.Next(pods.Length)];
            var report = new TrafficReport { Seconds = 5, Deltas = { Delta(Direction.Inbound), Delta(Direction.Inbound), Delta(Direction.Outbound) } };
            _live.Add(pod.Proxy, report);
            _history.Add(pod.Namespace, pod.Workload, report.Deltas, 5);
            _clock.Now += TimeSpan.FromSeconds(5);
            if (second % 10 == 0) _history.Flush();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _history.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("deploy", 600)]
    [InlineData("deploy", 3600)]
    [InlineData("svc", 600)]
    [InlineData("svc", 3600)]
    [InlineData("ns", 600)]
    [InlineData("ns", 3600)]
    [InlineData("pods", 600)]
    public void Rows_AllAtOnce_AreThoseOfEachAlone(string kind, int window)
    {
        var traffic = new RecordedTraffic(_live, _history, _clock);
        foreach (string? to in (string?[])[null, "svc/w2", "deploy/w1"])
        {
            Selection? receiver = to is null ? null : Selection.Parse(to, "b");
            IReadOnlyList<StatRow> all = StatReport.Of(new StatQuery(Selection.Of(kind, null, null), window, receiver, null), _mesh, traffic);
            Assert.InRange(all.Count, 2, 2 * Workloads);
            Assert.Contains(all, row => row.Traffic.Requests > 0);
            foreach (StatRow row in all)
            {
                StatRow alone = Assert.Single(StatReport.Of(new StatQuery(Selection.Of(kind, row.Namespace, row.Name), window, receiver, null), _mesh, traffic));
                Assert.Equal(Numbers(alone), Numbers(row));
            }
        }
    }

    private static (ulong, ulong, ulong, ulong, long, double, double) Numbers(StatRow row) => (
        row.Traffic.Requests, row.Traffic.Successes, row.Traffic.MeshErrors, row.Traffic.BytesSent, row.Traffic.OpenConnections, row.Traffic.LatencyMs(0.9), Math.Round(row.Traffic.RequestsPerSecond, 6));

    private TrafficDelta Delta(Direction direction)
    {
        ulong requests = (ulong)_random.Next(1, 100);
        int to = _random.Next(Workloads);
        return new TrafficDelta
        {
            Direction = direction, PeerWorkload = direction == Direction.Outbound ? $"deployment/w{to % 6}" : "", PeerIdentity = direction == Direction.Outbound ? "" : $"spiffe://x/{to}", Tls = to % 2 == 0,
            Service = new ServiceReference { Namespace = Space(to), Name = to % 5 == 0 ? "all" : $"w{to % 6}", Port = 80 }, Requests = requests, Successes = requests - 1, MeshErrors = 1,
            BytesSent = requests * 7, OpenConnections = to, Indices = { (uint)LatencyBuckets.IndexOf(1_000 * (to + 1)) }, Counts = { requests },
        };
    }

    private static string Space(int workload) => workload < 6 ? "a" : "b";

    private sealed record FixedWorkloads(IReadOnlyList<WorkloadPod> Pods, IReadOnlyList<(string Namespace, string Name)> Services) : IWorkloads;
}
