using System.Globalization;

namespace Tulle.Model.Validation;

/// <summary>Durations as Go writes them: <c>300ms</c>, <c>1m30s</c>, <c>0.5s</c>.</summary>
public static class Durations
{
    private static readonly (string Unit, double Ticks)[] s_units =
    [
        ("ns", 0.01), ("us", 10), ("µs", 10), ("μs", 10), ("ms", TimeSpan.TicksPerMillisecond),
        ("s", TimeSpan.TicksPerSecond), ("m", TimeSpan.TicksPerMinute), ("h", TimeSpan.TicksPerHour),
    ];

    /// <summary>Reads a duration; false when it is not one, negative ones included. A bare <c>0</c> is one; a number without unit is not.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (text == "0")
            return true;
        ReadOnlySpan<char> rest = text;
        double ticks = 0;
        while (rest.Length > 0)
        {
            int digits = rest.IndexOfAnyExcept("0123456789.");
            if (digits <= 0 || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number))
                return false;
            rest = rest[digits..];
            int letters = rest.IndexOfAny("0123456789.");
            ReadOnlySpan<char> unit = letters < 0 ? rest : rest[..letters];
            if (!TryUnit(unit, out double unitTicks))
                return false;
            ticks += number * unitTicks;
            rest = rest[unit.Length..];
        }
        if (text.Length == 0 || ticks > TimeSpan.MaxValue.Ticks / 2)
            return false;
        duration = TimeSpan.FromTicks((long)Math.Round(ticks));
        return true;
    }

    private static bool TryUnit(ReadOnlySpan<char> unit, out double ticks)
    {
        foreach ((string name, double value) in s_units)
        {
            ticks = value;
            if (unit.SequenceEqual(name))
                return true;
        }
        ticks = 0;
        return false;
    }
}
