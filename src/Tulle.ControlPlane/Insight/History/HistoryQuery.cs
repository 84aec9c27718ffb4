using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Tulle.ControlPlane.Insight.History;

/// <summary>Which time a person asks about, in which steps.</summary>
/// <param name="Start">First second, at the beginning of a step.</param>
/// <param name="Step">Seconds.</param>
/// <param name="Count">How many steps.</param>
internal readonly record struct HistoryQuery(long Start, int Step, int Count)
{
    /// <summary>Most points of an answer.</summary>
    public const int MaxPoints = 1_500;

    private const int DefaultAge = 3600;

    /// <summary>Points of an answer whose step was not said, at most.</summary>
    private const int DefaultPoints = 360;

    /// <summary>Reads <c>start</c>, <c>end</c> (seconds since 1970 or RFC 3339) and <c>step</c> (<c>10s</c>, <c>5m</c>, <c>1h</c>).</summary>
    /// <param name="now">Second of the question.</param>
    /// <param name="kept">Says how short the steps are that are kept from a second on; null when it is those of that age.</param>
    public static HistoryQuery Of(IQueryCollection query, long now, Func<long, int>? kept)
    {
        long end = Time(query["end"].ToString(), "end") ?? now;
        long start = Time(query["start"].ToString(), "start") ?? end - DefaultAge;
        if (start >= end) throw InsightException.BadRequest("start is not before end");
        if (start < now - HistoryStore.CoarseAge) throw InsightException.BadRequest("start is more than seven days ago, which is as far as history goes");
        int finest = start >= now - HistoryStore.FineAge ? HistoryStore.FineStep : HistoryStore.CoarseStep;
        int step = StepOf(query["step"].ToString(), finest, end - start), least = kept?.Invoke(start) ?? finest;
        // Whoever asks cannot know that there was no room for more.
        if (step % least != 0) step += least - step % least;
        // A step begins at a multiple of itself, so that points stay where they are from one answer to the next.
        long first = start - start % step;
        long count = (end - first + step - 1) / step;
        if (count > MaxPoints) throw InsightException.BadRequest($"{count} points are too many; ask for {MaxPoints} at most, with a larger step or a shorter time");
        return new HistoryQuery(first, step, (int)count);
    }

    private static int StepOf(string text, int finest, long length)
    {
        if (text.Length == 0)
        {
            long least = (length + DefaultPoints - 1) / DefaultPoints;
            return (int)Math.Max(finest, (least + finest - 1) / finest * finest);
        }
        if (Durations.Seconds(text) is not { } step || step % finest != 0)
            throw InsightException.BadRequest($"step \"{text}\" is no multiple of {finest}s, which is the finest that is kept of that time; write it like 30s, 5m or 1h");
        return step;
    }

    private static long? Time(string text, string name)
    {
        if (text.Length == 0) return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) && seconds <= 253_402_300_799) return seconds;
        if (DateTimeOffset.TryParseExact(
            text, ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
            return time.ToUnixTimeSeconds();
        throw InsightException.BadRequest($"{name} \"{text}\" is no time; write it as seconds since 1970 or like 2025-01-31T12:00:00Z");
    }
}
