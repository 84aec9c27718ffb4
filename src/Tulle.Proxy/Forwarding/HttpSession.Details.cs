using Tulle.Proxy.Telemetry.Compatibility;

namespace Tulle.Proxy.Forwarding;

// What other meshes' metrics say of a request beside what ours do.
internal abstract partial class HttpSession
{
    private void RecordDetails(bool isSuccess, long duration, bool isMeshError = false)
    {
        Exchange exchange = Exchange;
        if (Worker.Config.MetricsDialects == MetricsDialects.None || exchange.Series is not { } series) return;
        bool isGrpc = exchange.IsGrpc || IsGrpc();
        int grpcStatus = exchange.GrpcStatus >= 0 ? exchange.GrpcStatus : isGrpc && _error != MeshError.None ? MeshErrors.Of(_error).GrpcStatus : -1;
        var detail = new ResponseDetail(exchange.Status, (int)exchange.Flags, grpcStatus, isGrpc, isSuccess, isMeshError);
        (series.Details ??= new ResponseDetails()).Record(
            detail, duration, Downstream.BodyBytes, _answer is null ? exchange.ResponseContentBytes : _answer.Body.Length);
    }
}
