using System.Globalization;
using Microsoft.Extensions.Primitives;
using Tulle.ControlPlane.Insight.Traces;

namespace Tulle.ControlPlane.Insight.Api;

/// <summary>Reads which traces a question wants.</summary>
internal static class TraceParameters
{
    private const int DefaultSince = 3_600;
    private const int MaxSince = 7 * 24 * 3_600;
    private const int MaxTags = 10;

    /// <exception cref="InsightException">A parameter cannot be understood.</exception>
    public static TraceQuery Read(InsightRequest request, DateTimeOffset now)
    {
        StringValues tags = request.Context.Request.Query["tag"];
        if (tags.Count > MaxTags) throw InsightException.BadRequest($"more than {MaxTags} tags");
        return new TraceQuery
        {
            Namespace = request.Namespace ?? "",
            Service = request.Parameter("service"),
            Route = request.Parameter("route"),
            MinMicros = Micros(request, "minDuration") ?? 0,
            MaxMicros = Micros(request, "maxDuration") ?? long.MaxValue,
            Error = request.Parameter("error") switch
            {
                "" => null,
                "true" => true,
                "false" => false,
                var text => throw InsightException.BadRequest($"error \"{text}\" is neither true nor false"),
            },
            Status = Status(request.Parameter("status")),
            Tags = [.. tags.Select(Tag)],
            SinceMicros = Since(request.Parameter("since"), now),
            UntilMicros = request.Parameter("until") is { Length: > 0 } until ? Time("until", until) : long.MaxValue,
            Limit = Limit(request.Parameter("limit")),
        };
    }

    private static long? Micros(InsightRequest request, string name)
    {
        string text = request.Parameter(name);
        if (text.Length == 0) return null;
        int digits = text.AsSpan().IndexOfAnyExcept("0123456789.");
        double unit = digits < 0 ? 0 : text[digits..] switch { "us" or "µs" => 1, "ms" => 1_000, "s" => 1_000_000, "m" => 60_000_000, _ => 0 };
        if (unit > 0 && double.TryParse(text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number))
            return (long)Math.Min(number * unit, long.MaxValue / 2);
        throw InsightException.BadRequest($"{name} \"{text}\" is no duration; write it like 500us, 20ms, 1.5s or 2m");
    }

    private static (int First, int Last) Status(string text)
    {
        if (text.Length == 0) return default;
        if (text.Length == 3 && text[0] is >= '1' and <= '5' && text.AsSpan(1).Equals("xx", StringComparison.OrdinalIgnoreCase))
            return ((text[0] - '0') * 100, (text[0] - '0') * 100 + 99);
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int status) && status is >= 100 and <= 999) return (status, status);
        throw InsightException.BadRequest($"status \"{text}\" is neither a status, like 503, nor a class of them, like 5xx");
    }

    private static (string Name, string? Value) Tag(string? text)
    {
        int equals = text!.IndexOf('=', StringComparison.Ordinal);
        if (equals == 0 || text.Length == 0) throw InsightException.BadRequest($"tag \"{text}\" has no name; write name=value, or name for any value");
        return equals < 0 ? (text, null) : (text[..equals], text[(equals + 1)..]);
    }

    private static long Since(string text, DateTimeOffset now)
    {
        if (text.Length == 0) return Before(now, DefaultSince);
        if (Durations.Seconds(text) is { } seconds)
            return seconds <= MaxSince ? Before(now, seconds) : throw InsightException.BadRequest($"since \"{text}\" is more than 7d");
        return Time("since", text);
    }

    private static long Time(string name, string text)
    {
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)) return time.ToUnixTimeMilliseconds() * 1_000;
        throw InsightException.BadRequest($"{name} \"{text}\" is no time; write it like {(name == "since" ? "5m, 1h or " : "")}2026-01-31T12:00:00Z");
    }

    private static long Before(DateTimeOffset now, int seconds) => (now.ToUnixTimeMilliseconds() - seconds * 1_000L) * 1_000;

    private static int Limit(string text)
    {
        if (text.Length == 0) return TraceQuery.DefaultLimit;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int limit) && limit is > 0 and <= TraceQuery.MaxLimit) return limit;
        throw InsightException.BadRequest($"limit \"{text}\" is not between 1 and {TraceQuery.MaxLimit}");
    }
}
