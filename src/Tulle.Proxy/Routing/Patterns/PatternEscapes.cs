using System.Globalization;

namespace Tulle.Proxy.Routing.Patterns;

/// <summary>Escapes that stand for one byte out of a set, inside and outside of brackets.</summary>
internal static class PatternEscapes
{
    private static readonly ByteSet Digits = ByteSet.Range((byte)'0', (byte)'9');

    private static readonly ByteSet Letters = ByteSet.Range((byte)'a', (byte)'z').Union(ByteSet.Range((byte)'A', (byte)'Z'));

    private static readonly ByteSet Word = Digits.Union(Letters).Union(ByteSet.Of((byte)'_'));

    private static readonly ByteSet Space = Of("\t\n\f\r ");

    /// <summary>Reads the escape whose backslash is at <paramref name="position"/>, and moves behind it.</summary>
    public static ByteSet Read(string text, ref int position)
    {
        if (position + 1 >= text.Length) throw new PatternSyntaxException("it ends in a backslash");
        char escaped = text[position + 1];
        position += 2;
        switch (escaped)
        {
            case 'd': return Digits;
            case 'D': return Digits.Complement();
            case 'w': return Word;
            case 'W': return Word.Complement();
            case 's': return Space;
            case 'S': return Space.Complement();
            case 't': return Of("\t");
            case 'n': return Of("\n");
            case 'r': return Of("\r");
            case 'f': return Of("\f");
            case 'v': return Of("\v");
            case 'a': return Of("\a");
            case 'x': return ReadHexadecimal(text, ref position);
            case >= '1' and <= '9': throw new PatternSyntaxException($"the back-reference \\{escaped} is not supported");
        }
        if (char.IsAsciiLetterOrDigit(escaped) || escaped > 127) throw new PatternSyntaxException($"the escape \\{escaped} is not supported");
        return ByteSet.Of((byte)escaped);
    }

    /// <summary>The named class of POSIX, such as "alpha".</summary>
    public static ByteSet Named(string name) => name switch
    {
        "alnum" => Digits.Union(Letters),
        "alpha" => Letters,
        "ascii" => ByteSet.Range(0, 127),
        "blank" => Of("\t "),
        "cntrl" => ByteSet.Range(0, 31).Union(ByteSet.Of(127)),
        "digit" => Digits,
        "graph" => ByteSet.Range((byte)'!', (byte)'~'),
        "lower" => ByteSet.Range((byte)'a', (byte)'z'),
        "print" => ByteSet.Range((byte)' ', (byte)'~'),
        "punct" => Of("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"),
        "space" => Space.Union(Of("\v")),
        "upper" => ByteSet.Range((byte)'A', (byte)'Z'),
        "word" => Word,
        "xdigit" => Digits.Union(ByteSet.Range((byte)'a', (byte)'f')).Union(ByteSet.Range((byte)'A', (byte)'F')),
        _ => throw new PatternSyntaxException($"there is no class [:{name}:]"),
    };

    private static ByteSet ReadHexadecimal(string text, ref int position)
    {
        int length = 2;
        int start = position;
        if (start < text.Length && text[start] == '{')
        {
            start++;
            length = text.IndexOf('}', start) - start;
        }
        if (length < 1 || start + length > text.Length
            || !int.TryParse(text.AsSpan(start, length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value) || value is < 0 or > 127)
            throw new PatternSyntaxException("\\x is not followed by two hexadecimal digits, or by {…}, of an ASCII character");
        position = start + length + (text[start - 1] == '{' ? 1 : 0);
        return ByteSet.Of((byte)value);
    }

    private static ByteSet Of(string characters)
    {
        ByteSet set = default;
        foreach (char character in characters) set = set.Union(ByteSet.Of((byte)character));
        return set;
    }
}
