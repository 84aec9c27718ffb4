using Tulle.Model.Documents;

namespace Tulle.Model.Resources;

/// <summary>Faults injected into requests (istio.md §1.5). Shares are in parts per million; not given means none.</summary>
/// <param name="Delay">How long requests are held; zero for no delay.</param>
/// <param name="AbortStatus">HTTP status; null when there is none.</param>
/// <param name="AbortGrpcStatus">gRPC status; null when there is none.</param>
public sealed record HttpFault(TimeSpan Delay, uint DelayShare, int? AbortStatus, int? AbortGrpcStatus, uint AbortShare)
{
    internal static HttpFault? Decode(Node? node)
    {
        if (node is not MappingNode)
            return null;
        Node? delay = node.Get("delay");
        Node? abort = node.Get("abort");
        return new HttpFault(
            delay.GetDuration("fixedDelay") ?? TimeSpan.Zero, Percentages.Decode(delay, "percentage", "percent") ?? 0,
            abort.GetInt("httpStatus"), GrpcStatusNames.Parse(abort.GetText("grpcStatus")), Percentages.Decode(abort, "percentage", "percent") ?? 0);
    }
}
