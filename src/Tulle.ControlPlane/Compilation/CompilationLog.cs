using Microsoft.Extensions.Logging;

namespace Tulle.ControlPlane.Compilation;

internal static partial class CompilationLog
{
    [LoggerMessage(400, LogLevel.Error, "Cannot compile {Resource} for {Client}, the last good form stays in force: {Reason}")]
    public static partial void CompilationFailed(this ILogger log, string resource, string client, string reason);
}
