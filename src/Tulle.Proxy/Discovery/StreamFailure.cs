using Grpc.Core;

namespace Tulle.Proxy.Discovery;

internal static class StreamFailure
{
    /// <summary>
    /// Why a call failed. When a connection cannot be made, the gRPC client cancels its own pending reads and writes, which then only
    /// say "canceled"; the call's status has the cause.
    /// </summary>
    public static Exception Of(Exception observed, Func<Status> status)
    {
        if (observed is RpcException { StatusCode: not StatusCode.Cancelled }) return observed;
        try
        {
            Status final = status();
            return final.StatusCode is StatusCode.OK or StatusCode.Cancelled ? observed : new RpcException(final);
        }
        catch (InvalidOperationException)
        {
            // The call has not ended.
            return observed;
        }
    }
}
