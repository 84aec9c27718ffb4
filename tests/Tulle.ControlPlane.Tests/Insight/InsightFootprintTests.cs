using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Tulle.ControlPlane.Dashboard.Streaming;
using Tulle.ControlPlane.Insight;
using Tulle.ControlPlane.Insight.Api;
using Tulle.ControlPlane.Insight.History;
using Tulle.ControlPlane.Tests.Hosting;
using Tulle.Protocol;
using Tulle.Testing;

namespace Tulle.ControlPlane.Tests.Insight;

/// <summary>What a thousand workloads with six series each leave in memory, and what one report of them allocates.</summary>
[Collection(nameof(MemoryCollection))]
public sealed class InsightFootprintTests : IAsyncDisposable
{
    private const int Workloads = 1_000;
    private const int Peers = 3;
    private const int Period = 10;

    private readonly TemporaryFolder _folder = new();
    private readonly StepClock _clock = new() { HasTimers = false };
    private readonly Random _random = new(1);
    private readonly TrafficStore _live;
    private readonly HistoryStore _history;

    public InsightFootprintTests()
    {
        _live = new TrafficStore(_clock);
        _history = new HistoryStore(_folder.PathOf("history.db"), _clock, NullLogger<HistoryStore>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await _history.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public void Memory_AThousandWorkloadsForTenMinutes_IsBounded()
    {
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int second = 0; second < SeriesHistory.MaxAge + 60; second += Period)
        {
            for (int i = 0; i < Workloads; i++) Add(i, Report(i));
            _clock.Now += TimeSpan.FromSeconds(Period);
            _history.Flush();
        }
        long bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        TestContext.Current.SendDiagnosticMessage($"{bytes / 1e6:0.0} MB");
        Assert.InRange(bytes, 1, 25_000_000);
    }

    [Fact]
    public void Allocation_OfAReport_IsThatOfItsSlots()
    {
        // Series known, buckets met: what is left are the slots that begin.
        TrafficReport[] reports = [.. Enumerable.Range(0, 200).Select(_ => Report(0))];
        foreach (TrafficReport report in reports) Step(report);
        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (TrafficReport report in reports) Step(report);
        long each = (GC.GetAllocatedBytesForCurrentThread() - before) / reports.Length;
        TestContext.Current.SendDiagnosticMessage($"{each} bytes");
        Assert.InRange(each, 0, 12_000);
    }

    /// <summary>What the answers about all of them allocate, once one was given: what is asked every few seconds keeps the collector busy.</summary>
    [Fact]
    public void Allocation_OfAnswers_IsThatOfTheirRows()
    {
        WorkloadPod[] pods = [.. Enumerable.Range(0, Workloads).Select(i => new WorkloadPod("load", Name(i), $"deployment/{Name(i)}", "", $"spiffe://cluster.local/ns/load/sa/{Name(i)}", [Name(i)]))];
        var workloads = new FixedWorkloads(pods, [.. pods.Select(pod => (pod.Namespace, pod.Name))]);
        for (int second = 0; second < 30; second += 5)
        {
            for (int i = 0; i < Workloads; i++) _live.Add(new ProxyId("load", Name(i)), Report(i));
            _clock.Now += TimeSpan.FromSeconds(5);
        }
        Assert.InRange(AllocatedBy("stat/deployments", json => StatHandler.Write(json, StatReport.Of(new StatQuery(Selection.Of("deploy", null, null), 30, null, null), workloads, _live))), 0, 2_000_000);
        Assert.InRange(AllocatedBy("stat/services", json => StatHandler.Write(json, StatReport.Of(new StatQuery(Selection.Of("svc", null, null), 30, null, null), workloads, _live))), 0, 2_000_000);
        Assert.InRange(AllocatedBy("edges", json => EdgesHandler.Write(json, EdgeReport.Of(new TrafficQuery(null, null, 30, null, null), pods, _live))), 0, 2_500_000);
    }

    private static long AllocatedBy(string what, Action<Utf8JsonWriter> answer)
    {
        long allocated = 0;
        for (int i = 0; i < 3; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            var buffer = new AnswerBuffer();
            using (var json = new Utf8JsonWriter(buffer))
            {
                json.WriteStartObject();
                answer(json);
                json.WriteEndObject();
            }
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            TestContext.Current.SendDiagnosticMessage($"{what}: {buffer.Length / 1e6:0.00} MB, {allocated / 1e6:0.00} MB allocated");
            buffer.Clear();
        }
        return allocated;
    }

    private void Step(TrafficReport report)
    {
        Add(0, report);
        _clock.Now += TimeSpan.FromSeconds(Period);
    }

    private void Add(int self, TrafficReport report)
    {
        _live.Add(new ProxyId("load", Name(self)), report);
        _history.Add("load", $"deployment/{Name(self)}", report.Deltas, (int)report.Seconds);
    }

    private TrafficReport Report(int self)
    {
        var report = new TrafficReport { Seconds = Period };
        for (int step = 1; step <= Peers; step++)
        {
            report.Deltas.Add(Delta(Direction.Outbound, "", Name((self + step) % Workloads), Name((self + step) % Workloads)));
            report.Deltas.Add(Delta(Direction.Inbound, $"spiffe://cluster.local/ns/load/sa/{Name((self - step + Workloads) % Workloads)}", "", Name(self)));
        }
        return report;
    }

    private TrafficDelta Delta(Direction direction, string identity, string workload, string service)
    {
        var delta = new TrafficDelta
        {
            Direction = direction, PeerIdentity = identity, PeerWorkload = workload.Length > 0 ? $"deployment/{workload}" : "", Tls = true,
            Service = new ServiceReference { Namespace = new string("load"), Name = service, Port = 80 }, Backend = workload.Length > 0 ? $"{workload}.load:80" : "",
            BytesReceived = 90_000, BytesSent = 270_000, OpenConnections = 2,
        };
        // Latencies of 4 to 64 ms: four powers of two, eight buckets to each.
        for (int bucket = LatencyBuckets.IndexOf(4_000); bucket <= LatencyBuckets.IndexOf(60_000); bucket++)
        {
            ulong count = (ulong)_random.Next(1, 20);
            delta.Indices.Add((uint)bucket);
            delta.Counts.Add(count);
            delta.Requests += count;
        }
        delta.Successes = delta.Requests - 1;
        delta.Failures = 1;
        return delta;
    }

    private static string Name(int index) => $"w{index:0000}";

    private sealed record FixedWorkloads(IReadOnlyList<WorkloadPod> Pods, IReadOnlyList<(string Namespace, string Name)> Services) : IWorkloads;
}
