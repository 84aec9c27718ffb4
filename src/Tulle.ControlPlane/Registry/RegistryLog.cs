using Microsoft.Extensions.Logging;

namespace Tulle.ControlPlane.Registry;

internal static partial class RegistryLog
{
    [LoggerMessage(300, LogLevel.Warning, "Cannot watch {Kind}, trying again: {Reason}")]
    public static partial void WatchFailed(this ILogger log, string kind, string reason);

    [LoggerMessage(301, LogLevel.Error, "Cannot read {Kind} {Name}, its last good form stays in force: {Reason}")]
    public static partial void DecodeFailed(this ILogger log, string kind, string name, string reason);

    [LoggerMessage(302, LogLevel.Error, "Cannot bring a change of the mesh into force: {Reason}")]
    public static partial void PublishFailed(this ILogger log, string reason);
}
