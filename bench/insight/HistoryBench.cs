using System.Diagnostics;
using System.Globalization;
using Google.Protobuf.Collections;
using Microsoft.Extensions.Logging.Abstractions;
using Tulle.ControlPlane.Insight;
using Tulle.ControlPlane.Insight.History;
using Tulle.Protocol;

namespace Tulle.Bench.Insight;

/// <summary>
/// The history of many workloads of six series each, as it is after days at a clock of its own: what it costs to write, what it takes of the disk, how
/// long questions about long windows take, and how long a report waits meanwhile.
/// </summary>
internal sealed class HistoryBench : IAsyncDisposable
{
    private const int Period = HistoryStore.FineStep;
    private const int SeldomPeriod = HistoryStore.CoarseStep;
    private const int Peers = 3;

    private readonly int _workloads;
    private readonly string _path;
    private readonly long _seconds;
    private readonly SteppedClock _clock = new();
    private readonly HistoryStore _history;
    private readonly RepeatedField<TrafficDelta>[] _reports;
    private readonly FixedWorkloads _mesh;

    public HistoryBench(string folder, int workloads, double days)
    {
        _workloads = workloads;
        _seconds = (long)(days * 86_400);
        _path = Path.Combine(folder, "history.db");
        _history = new HistoryStore(_path, _clock, NullLogger<HistoryStore>.Instance);
        var random = new Random(1);
        _reports = [.. Enumerable.Range(0, workloads).Select(self => Report(self, random))];
        WorkloadPod[] pods = [.. Enumerable.Range(0, workloads).Select(i => new WorkloadPod(Fleet.Space, Fleet.Name(i), Workload(i), "", Identity(i), [Fleet.Name(i)]))];
        _mesh = new FixedWorkloads(pods, [.. pods.Select(pod => (pod.Namespace, pod.Name))]);
    }

    public void Run()
    {
        // Only the time that is kept in slots of ten seconds has reports every ten seconds.
        for (long rest = _seconds - HistoryStore.FineAge; rest > 0; rest -= SeldomPeriod)
        {
            AddAll(SeldomPeriod);
            _clock.Now += TimeSpan.FromSeconds(SeldomPeriod);
            _history.Flush();
        }
        long steps = Math.Min(_seconds, HistoryStore.FineAge) / Period;
        var add = new Stopwatch();
        var flush = new Stopwatch();
        double longest = 0;
        for (long i = 0; i < steps; i++)
        {
            add.Start();
            AddAll(Period);
            add.Stop();
            _clock.Now += TimeSpan.FromSeconds(Period);
            double before = flush.Elapsed.TotalMilliseconds;
            flush.Start();
            _history.Flush();
            flush.Stop();
            longest = Math.Max(longest, flush.Elapsed.TotalMilliseconds - before);
        }
        Print($"{_workloads} workloads, {_workloads * 2 * Peers} series, {_seconds / 86_400.0:0.##} days: {Bytes(_path) / 1e6:0} MB, log {Bytes(_path + "-wal") / 1e6:0} MB");
        Print($"each ten seconds: add {add.Elapsed.TotalMilliseconds / steps:0.0} ms, write {flush.Elapsed.TotalMilliseconds / steps:0.0} ms, at most {longest:0} ms\n");
        Print($"| window | edges, ms | stat deploy, ms | stat deploy/{Fleet.Name(0)}, ms | longest wait of a report, ms |\n|---|---|---|---|---|");
        var traffic = new RecordedTraffic(new TrafficStore(_clock), _history, _clock);
        foreach ((string name, int window) in ((string, int)[])[("1h", 3600), ("6h", 21_600), ("7d", 604_800)])
        {
            using var reporter = new Reporter(this);
            double edges = Median(() => EdgeReport.Of(new TrafficQuery(null, null, window, null, null), _mesh.Pods, traffic));
            double all = Median(() => StatReport.Of(new StatQuery(Selection.Of("deploy", null, null), window, null, null), _mesh, traffic));
            double one = Median(() => StatReport.Of(new StatQuery(Selection.Of("deploy", Fleet.Space, Fleet.Name(0)), window, null, null), _mesh, traffic));
            Print($"| {name} | {edges:0} | {all:0} | {one:0.0} | {reporter.LongestMilliseconds:0.0} |");
        }
        Print($"\nA week of deploy/{Fleet.Name(0)} in 360 steps: {Median(() => traffic.Steps([_mesh.Pods[0]], (_, _) => true, _clock.Second / 1_680 * 1_680 - 359 * 1_680, 1_680, 360)):0} ms");
    }

    public ValueTask DisposeAsync() => _history.DisposeAsync();

    private void AddAll(int seconds)
    {
        for (int i = 0; i < _workloads; i++) _history.Add(Fleet.Space, Workload(i), _reports[i], seconds);
    }

    private static double Median(Action ask)
    {
        ask();
        return Enumerable.Range(0, 3).Select(_ =>
        {
            var watch = Stopwatch.StartNew();
            ask();
            return watch.Elapsed.TotalMilliseconds;
        }).Order().ElementAt(1);
    }

    private RepeatedField<TrafficDelta> Report(int self, Random random)
    {
        var deltas = new RepeatedField<TrafficDelta>();
        for (int step = 1; step <= Peers; step++)
        {
            int to = (self + step) % _workloads, from = (self - step + _workloads) % _workloads;
            deltas.Add(Delta(Direction.Outbound, "", Workload(to), Fleet.Name(to), random));
            deltas.Add(Delta(Direction.Inbound, Identity(from), "", Fleet.Name(self), random));
        }
        return deltas;
    }

    /// <summary>5 to 50 requests a second in 32 buckets, most of them in the middle.</summary>
    private static TrafficDelta Delta(Direction direction, string identity, string workload, string service, Random random)
    {
        var delta = new TrafficDelta
        {
            Direction = direction, PeerIdentity = identity, PeerWorkload = workload, Tls = true,
            Service = new ServiceReference { Namespace = Fleet.Space, Name = service, Port = 80 },
            BytesReceived = (ulong)random.Next(20_000, 200_000), BytesSent = (ulong)random.Next(50_000, 500_000),
        };
        int first = LatencyBuckets.IndexOf(4_000), requests = random.Next(5, 51) * Period;
        ulong[] counts = new ulong[32];
        for (int i = 0; i < requests; i++) counts[random.Next(16) + random.Next(17)]++;
        for (int i = 0; i < counts.Length; i++)
        {
            if (counts[i] == 0) continue;
            delta.Indices.Add((uint)(first + i));
            delta.Counts.Add(counts[i]);
        }
        delta.Requests = (ulong)requests;
        delta.Successes = delta.Requests - 1;
        delta.Failures = 1;
        return delta;
    }

    private static long Bytes(string path) => File.Exists(path) ? new FileInfo(path).Length : 0;

    private static string Workload(int i) => $"deployment/{Fleet.Name(i)}";

    private static string Identity(int i) => $"spiffe://cluster.local/ns/{Fleet.Space}/sa/{Fleet.Name(i)}";

    private static void Print(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    private sealed record FixedWorkloads(IReadOnlyList<WorkloadPod> Pods, IReadOnlyList<(string Namespace, string Name)> Services) : IWorkloads;

    private sealed class SteppedClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public long Second => Now.ToUnixTimeSeconds();

        public override DateTimeOffset GetUtcNow() => Now;

        /// <summary>What would be written from time to time is written when it is told to.</summary>
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Reports of one proxy, a thousand a second, from a thread of its own.</summary>
    private sealed class Reporter : IDisposable
    {
        private readonly Thread _thread;
        private volatile bool _stop;

        public Reporter(HistoryBench bench)
        {
            _thread = new Thread(() =>
            {
                while (!_stop)
                {
                    var watch = Stopwatch.StartNew();
                    bench._history.Add(Fleet.Space, Workload(0), bench._reports[0], Period);
                    LongestMilliseconds = Math.Max(LongestMilliseconds, watch.Elapsed.TotalMilliseconds);
                    Thread.Sleep(1);
                }
            });
            _thread.Start();
        }

        public double LongestMilliseconds { get; private set; }

        public void Dispose()
        {
            _stop = true;
            _thread.Join();
        }
    }
}
