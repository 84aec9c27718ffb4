using Tulle.Metrics;
using Tulle.Protocol;

namespace Tulle.Proxy.Telemetry;

/// <summary>Errors, timeouts, detection, handshakes and verdicts, over all loops.</summary>
internal static class ConnectionExposition
{
    private static readonly Direction[] Directions = [Direction.Inbound, Direction.Outbound];

    public static void Write(ExpositionWriter writer, IReadOnlyList<LoopMetrics> loops, int inFlight)
    {
        WriteErrors(writer, loops);
        WriteCounts(writer, ProxyMetrics.Timeouts, "timeout", loops, static loop => loop.Connections.Timeouts);
        writer.Single(ProxyMetrics.InFlight, inFlight);
        WriteCounts(writer, ProxyMetrics.Detections, "protocol", loops, static loop => loop.Connections.Detections);
        WriteCounts(writer, ProxyMetrics.Handshakes, "result", loops, static loop => loop.Connections.Handshakes);
        writer.Begin(ProxyMetrics.Authorizations);
        writer.Sample("verdict=\"allow\",policy=\"mtls_strict\"", loops.Sum(static loop => loop.Connections.StrictAllowed));
        writer.Sample("verdict=\"deny\",policy=\"mtls_strict\"", loops.Sum(static loop => loop.Connections.StrictDenied));
    }

    private static void WriteErrors(ExpositionWriter writer, IReadOnlyList<LoopMetrics> loops)
    {
        writer.Begin(ProxyMetrics.Errors);
        var errors = loops.SelectMany(l => l.Errors).GroupBy(e => (e.Direction, e.Reason)).OrderBy(g => g.Key.Direction).ThenBy(g => g.Key.Reason, StringComparer.Ordinal);
        foreach (var error in errors)
        {
            string labels = LabelSet.Of(("direction", TrafficExposition.NameOf(error.Key.Direction)), ("reason", error.Key.Reason));
            writer.Sample(labels, error.Sum(e => Volatile.Read(ref e.Count)));
        }
    }

    private static void WriteCounts(
        ExpositionWriter writer, MetricDefinition metric, string label, IReadOnlyList<LoopMetrics> loops, Func<LoopMetrics, DirectionCounts> countsOf)
    {
        writer.Begin(metric);
        IReadOnlyList<string> names = countsOf(loops[0]).Names;
        foreach (Direction direction in Directions)
        {
            for (int i = 0; i < names.Count; i++)
                writer.Sample(LabelSet.Of(("direction", TrafficExposition.NameOf(direction)), (label, names[i])), loops.Sum(loop => countsOf(loop)[direction, i]));
        }
    }
}
