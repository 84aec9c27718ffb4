using Microsoft.Extensions.Logging;

namespace Tulle.ControlPlane.Insight.Traces;

internal static partial class TraceLog
{
    [LoggerMessage(420, LogLevel.Warning, "{Spans} spans could not be written and are lost")]
    public static partial void Lost(ILogger logger, Exception error, int spans);

    [LoggerMessage(421, LogLevel.Warning, "The traces in {Path} are damaged and begin anew; the old file is kept beside it as .damaged")]
    public static partial void Damaged(ILogger logger, Exception error, string path);

    [LoggerMessage(422, LogLevel.Warning, "A report of spans of {Proxy} cannot be read and is left out")]
    public static partial void Unreadable(ILogger logger, Exception error, string proxy);

    [LoggerMessage(423, LogLevel.Warning, "Spans cannot be exported to {Endpoint}: {Reason}; it is tried again for {Minutes} minutes, then they are dropped")]
    public static partial void ExportFails(ILogger logger, string endpoint, string reason, double minutes);

    [LoggerMessage(424, LogLevel.Warning, "{Endpoint} refuses {Spans} spans: {Reason}")]
    public static partial void ExportRefused(ILogger logger, string endpoint, long spans, string reason);

    [LoggerMessage(425, LogLevel.Information, "Spans are exported to {Endpoint} again")]
    public static partial void ExportWorks(ILogger logger, string endpoint);
}
