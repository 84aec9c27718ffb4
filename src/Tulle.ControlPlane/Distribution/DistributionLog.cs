using Microsoft.Extensions.Logging;
using Tulle.ControlPlane.Authority;

namespace Tulle.ControlPlane.Distribution;

internal static partial class DistributionLog
{
    [LoggerMessage(200, LogLevel.Information, "Proxy of {Caller} connected, version {Version}")]
    public static partial void ProxyConnected(this ILogger log, Caller caller, string version);

    [LoggerMessage(201, LogLevel.Information, "Proxy of {Caller} disconnected")]
    public static partial void ProxyDisconnected(this ILogger log, Caller caller);

    [LoggerMessage(202, LogLevel.Warning, "Proxy of {Caller} refused version {Version} of {Resource} and keeps the last good one: {Error}")]
    public static partial void Refused(this ILogger log, Caller caller, ulong version, string resource, string error);

    [LoggerMessage(203, LogLevel.Warning, "Proxy of {Caller} asks for more than {Limit} authorities; {Authority} is answered as unknown until it drops some")]
    public static partial void TooManySubscriptions(this ILogger log, Caller caller, int limit, string authority);
}
