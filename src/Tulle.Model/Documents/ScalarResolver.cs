using System.Globalization;

namespace Tulle.Model.Documents;

/// <summary>
/// Tells what a plain (unquoted) YAML scalar is, as kubectl does: the core schema of YAML 1.2 (§10.3.2), and from YAML 1.1
/// the booleans <c>yes</c>, <c>no</c>, <c>on</c>, <c>off</c> and octal integers such as <c>0644</c>, which manifests rely on.
/// </summary>
internal static class ScalarResolver
{
    public static ScalarKind Resolve(string text)
    {
        if (text is "" or "~" or "null" or "Null" or "NULL")
            return ScalarKind.Null;
        if (IsTrue(text) || IsFalse(text))
            return ScalarKind.Boolean;
        if (!char.IsAsciiDigit(text[0]) && text[0] is not ('-' or '+' or '.'))
            return ScalarKind.String;
        if (TryParseInteger(text, out _))
            return ScalarKind.Integer;
        return IsFloat(text) ? ScalarKind.Float : ScalarKind.String;
    }

    public static bool IsTrue(string text) => text is "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON";

    private static bool IsFalse(string text) => text is "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF";

    public static bool TryParseInteger(string text, out long value)
    {
        value = 0;
        ReadOnlySpan<char> digits = text;
        bool negative = digits.Length > 0 && digits[0] == '-';
        if (digits.Length > 0 && digits[0] is '-' or '+')
            digits = digits[1..];
        if (digits.Length == 0)
            return false;
        int radix = 10;
        if (digits.Length > 1 && digits[0] == '0')
        {
            (radix, int skip) = digits[1] switch
            {
                'x' or 'X' => (16, 2),
                'o' or 'O' => (8, 2),
                'b' or 'B' => (2, 2),
                _ => (8, 1),
            };
            digits = digits[skip..];
        }
        return TryParseDigits(digits, radix, negative, out value);
    }

    private static bool TryParseDigits(ReadOnlySpan<char> digits, int radix, bool negative, out long value)
    {
        value = 0;
        if (digits.Length == 0)
            return false;
        Int128 sum = 0;
        foreach (char c in digits)
        {
            int digit = c switch
            {
                >= '0' and <= '9' => c - '0',
                >= 'a' and <= 'f' => c - 'a' + 10,
                >= 'A' and <= 'F' => c - 'A' + 10,
                _ => int.MaxValue,
            };
            if (digit >= radix)
                return false;
            sum = (sum * radix) + digit;
            if (sum > (Int128)long.MaxValue + 1)
                return false;
        }
        sum = negative ? -sum : sum;
        if (sum > long.MaxValue)
            return false;
        value = (long)sum;
        return true;
    }

    // [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?  Infinities and NaN stay strings: JSON has none.
    private static bool IsFloat(string text)
    {
        int i = text[0] is '-' or '+' ? 1 : 0;
        int whole = SkipDigits(text, ref i);
        int fraction = 0;
        if (i < text.Length && text[i] == '.')
        {
            i++;
            fraction = SkipDigits(text, ref i);
        }
        if (whole + fraction == 0)
            return false;
        if (i < text.Length && text[i] is 'e' or 'E')
        {
            i++;
            if (i < text.Length && text[i] is '-' or '+')
                i++;
            if (SkipDigits(text, ref i) == 0)
                return false;
        }
        return i == text.Length && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value);
    }

    private static int SkipDigits(string text, ref int i)
    {
        int start = i;
        while (i < text.Length && char.IsAsciiDigit(text[i]))
            i++;
        return i - start;
    }
}
