using System.Globalization;

namespace Tulle.Model.Resources;

/// <summary>Values of annotations, in the forms that Linkerd reads (linkerd.md §2). Null for what has another form.</summary>
public static class AnnotationValues
{
    /// <summary>An integer with one unit of ms, s, m, h or d; <c>0</c> needs none.</summary>
    public static TimeSpan? Duration(string? text)
    {
        if (text is "0")
            return TimeSpan.Zero;
        int digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        if (text is null || digits <= 0 || !int.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            return null;
        return text[digits..] switch
        {
            "ms" => TimeSpan.FromMilliseconds(number),
            "s" => TimeSpan.FromSeconds(number),
            "m" => TimeSpan.FromMinutes(number),
            "h" => TimeSpan.FromHours(number),
            "d" => TimeSpan.FromDays(number),
            _ => null,
        };
    }

    public static int? Count(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count : null;

    public static double? Number(string? text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) ? number : null;

    /// <summary>Words between commas.</summary>
    public static string[] List(string? text) => (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>The statuses of <c>503</c> or <c>500-504</c>; none for anything else.</summary>
    public static IEnumerable<int> Statuses(string word)
    {
        int dash = word.IndexOf('-');
        int? first = Status(dash < 0 ? word : word[..dash]);
        int? last = Status(dash < 0 ? word : word[(dash + 1)..]);
        return first is { } from && last is { } to && from <= to ? Enumerable.Range(from, to - from + 1) : [];
    }

    private static int? Status(string text) => Count(text) is { } status and >= 100 and <= 599 ? status : null;
}
