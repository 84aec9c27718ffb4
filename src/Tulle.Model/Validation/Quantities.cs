using System.Globalization;

namespace Tulle.Model.Validation;

/// <summary>Kubernetes quantities: <c>1</c>, <c>500m</c>, <c>0.5</c>, <c>2k</c>, <c>1Gi</c>, <c>1e3</c>.</summary>
public static class Quantities
{
    private static readonly (string Suffix, decimal Factor)[] s_suffixes =
    [
        ("Ki", 1024m), ("Mi", 1048576m), ("Gi", 1073741824m), ("Ti", 1099511627776m), ("Pi", 1125899906842624m), ("Ei", 1152921504606846976m),
        ("n", 0.000000001m), ("u", 0.000001m), ("m", 0.001m), ("k", 1e3m), ("M", 1e6m), ("G", 1e9m), ("T", 1e12m), ("P", 1e15m), ("E", 1e18m),
    ];

    /// <summary>The value of a quantity in thousandths, rounded up as Kubernetes does; null when it is none or out of range.</summary>
    public static long? Thousandths(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        decimal factor = 1;
        string number = text;
        foreach ((string suffix, decimal value) in s_suffixes)
        {
            if (!text.EndsWith(suffix, StringComparison.Ordinal))
                continue;
            factor = value;
            number = text[..^suffix.Length];
            break;
        }
        if (!decimal.TryParse(number, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out decimal parsed))
            return null;
        // 2^63 / 1000, so that the product below cannot overflow.
        if (Math.Abs(parsed) > 9e15m / factor)
            return null;
        return (long)Math.Ceiling(parsed * factor * 1000);
    }

    /// <summary>
    /// Quantities as shares of one sum. They may have fractions (500m); shares stay whole numbers by counting in thousandths
    /// then. What is no quantity has no share.
    /// </summary>
    public static IReadOnlyList<uint> Shares(IReadOnlyList<string?> quantities)
    {
        long[] thousandths = [.. quantities.Select(quantity => Thousandths(quantity) ?? 0)];
        bool fractions = thousandths.Any(weight => weight % 1000 != 0);
        return [.. thousandths.Select(weight => (uint)Math.Clamp(fractions ? weight : weight / 1000, 0, uint.MaxValue))];
    }
}
