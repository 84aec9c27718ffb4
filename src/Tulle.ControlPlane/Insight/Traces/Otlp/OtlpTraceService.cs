using Grpc.Core;
using Tulle.Protocol.Otlp;

namespace Tulle.ControlPlane.Insight.Traces.Otlp;

/// <summary>OTLP over gRPC.</summary>
internal sealed class OtlpTraceService(OtlpSpans spans) : TraceService.TraceServiceBase
{
    public override Task<ExportTraceServiceResponse> Export(ExportTraceServiceRequest request, ServerCallContext context) => Task.FromResult(spans.Take(request));
}
