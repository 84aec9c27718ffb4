using System.Globalization;

namespace Tulle.ControlPlane.Insight.Diagnosis;

/// <summary>Numbers and lists as sentences have them.</summary>
internal static class Words
{
    private const int Listed = 4;

    /// <summary><c>a, b and 3 more</c></summary>
    public static string List(IEnumerable<string> items)
    {
        string[] all = [.. items.Distinct(StringComparer.Ordinal)];
        string shown = string.Join(", ", all.Take(Listed));
        return all.Length > Listed ? $"{shown} and {Number(all.Length - Listed)} more" : shown;
    }

    /// <summary><c>1 request</c>, <c>5 requests</c></summary>
    public static string Count(ulong number, string noun) => $"{Number(number)} {noun}{(number == 1 ? "" : "s")}";

    public static string Count(int number, string noun) => Count((ulong)number, noun);

    public static string Number(IFormattable number) => number.ToString("0", CultureInfo.InvariantCulture);

    /// <summary>A share of requests, rounded down: what is not whole never reads 100 %.</summary>
    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(share * 1000) / 10:0.#} %");

    public static string Ms(double milliseconds) => milliseconds switch
    {
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, Math.Round(milliseconds * 1000)):0} µs"),
        < 10_000 => string.Create(CultureInfo.InvariantCulture, $"{Math.Round(milliseconds):0} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000:0.#} s"),
    };

    /// <summary>A length of time, coarsely: <c>40 s</c>, <c>3 minutes</c>, <c>5 hours</c>, <c>2 days</c>.</summary>
    public static string Span(TimeSpan time)
    {
        time = time.Duration();
        return time.TotalSeconds < 120 ? $"{Number(time.TotalSeconds)} s"
            : time.TotalMinutes < 120 ? $"{Number(time.TotalMinutes)} minutes"
            : time.TotalHours < 48 ? $"{Number(time.TotalHours)} hours"
            : $"{Number(time.TotalDays)} days";
    }

    /// <summary>What a share of successes is worth: what the dashboard calls healthy is worth knowing, and nothing more.</summary>
    public static FindingLevel LevelOf(double success, ulong requests) => SuccessHealth.Of(success, requests) switch
    {
        HealthState.Failing => FindingLevel.Error,
        HealthState.Degraded => FindingLevel.Warning,
        _ => FindingLevel.Info,
    };

    /// <summary>What a share of requests is worth that failed for one reason, which somebody can do something about.</summary>
    public static FindingLevel LevelOf(double share) => SuccessHealth.Of(1 - share) == HealthState.Failing ? FindingLevel.Error : FindingLevel.Warning;
}
