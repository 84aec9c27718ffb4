using Tulle.ControlPlane.Insight.Traces.Otlp;

namespace Tulle.ControlPlane.Insight.Traces;

/// <summary>Everything that takes, keeps or passes spans on, for those who show how it goes.</summary>
/// <param name="Exporters">One for each collector.</param>
internal sealed record TraceParts(TraceStore Store, TraceIntake Intake, OtlpSpans Applications, IReadOnlyList<OtlpExporter> Exporters);
