using Tulle.ControlPlane.Insight.Traces;
using Tulle.ControlPlane.Insight.Traces.Otlp;
using Tulle.Metrics;

namespace Tulle.ControlPlane.Monitoring;

/// <summary>What became of spans.</summary>
internal static class TraceExposition
{
    public static void Write(ExpositionWriter writer, TraceParts traces)
    {
        (_, long spans, long bytes, _) = traces.Store.Size();
        writer.Single(ControlPlaneMetrics.Spans, spans);
        writer.Single(ControlPlaneMetrics.SpansLimit, traces.Store.Limits.Spans);
        writer.Single(ControlPlaneMetrics.SpanBytes, bytes);
        writer.Begin(ControlPlaneMetrics.SpansDropped);
        writer.Sample("reason=\"proxies\"", traces.Intake.DroppedByProxies);
        writer.Sample("reason=\"rules\"", traces.Intake.DroppedByRules);
        writer.Sample("reason=\"queue\"", traces.Store.DroppedInQueue);
        writer.Sample("reason=\"store\"", traces.Store.DroppedInStore);
        writer.Sample("reason=\"applications\"", traces.Applications.Rejected);
        ExportState[] states = [.. traces.Exporters.Select(exporter => exporter.State)];
        WriteExports(ControlPlaneMetrics.SpansExported, static state => state.Exported);
        WriteExports(ControlPlaneMetrics.ExportDropped, static state => state.Dropped);
        WriteExports(ControlPlaneMetrics.ExportWaiting, static state => state.Waiting);

        void WriteExports(MetricDefinition metric, Func<ExportState, long> value)
        {
            writer.Begin(metric);
            foreach (ExportState state in states) writer.Sample(LabelSet.Of(("endpoint", state.Endpoint.ToString())), value(state));
        }
    }
}
