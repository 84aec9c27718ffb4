using Microsoft.Extensions.Logging;

namespace Tulle.ControlPlane.Insight.History;

internal static partial class HistoryLog
{
    [LoggerMessage(400, LogLevel.Warning, "{Slots} slots of the history of metrics could not be written and are lost")]
    public static partial void Lost(ILogger logger, Exception error, int slots);

    [LoggerMessage(401, LogLevel.Warning, "The history of metrics in {Path} is damaged and begins anew; the old file is kept beside it as .damaged")]
    public static partial void Damaged(ILogger logger, Exception error, string path);
}
