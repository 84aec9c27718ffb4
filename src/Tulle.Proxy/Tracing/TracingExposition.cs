using Tulle.Metrics;
using Tulle.Proxy.Telemetry;

namespace Tulle.Proxy.Tracing;

/// <summary>What became of spans.</summary>
internal static class TracingExposition
{
    /// <param name="dropped">Spans that found the buffer full.</param>
    public static void Write(ExpositionWriter writer, IReadOnlyList<LoopMetrics> loops, long dropped)
    {
        writer.Single(ProxyMetrics.Spans, loops.Sum(static loop => Volatile.Read(ref loop.Spans)));
        writer.Begin(ProxyMetrics.SpansDropped);
        writer.Sample(LabelSet.Of(("reason", "rate_limit")), loops.Sum(static loop => Volatile.Read(ref loop.SpansLimited)));
        writer.Sample(LabelSet.Of(("reason", "buffer_full")), dropped);
    }
}
