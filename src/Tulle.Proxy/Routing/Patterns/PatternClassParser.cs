namespace Tulle.Proxy.Routing.Patterns;

/// <summary>Parses a bracketed class. A negated class matches any single byte that is not named, also part of a longer character.</summary>
internal readonly ref struct PatternClassParser(string text, bool ignoreCase)
{
    /// <summary>Reads the class whose "[" was just read, and moves behind its "]".</summary>
    public ByteSet Parse(ref int position)
    {
        bool negated = position < text.Length && text[position] == '^';
        if (negated) position++;

        ByteSet set = default;
        bool first = true;
        while (true)
        {
            if (position >= text.Length) throw new PatternSyntaxException("a \"[\" has no \"]\"");
            if (text[position] == ']' && !first) break;
            first = false;
            set = set.Union(ParseItem(ref position));
        }
        position++;
        if (ignoreCase) set = set.IgnoringCase();
        return negated ? set.Complement() : set;
    }

    private ByteSet ParseItem(ref int position)
    {
        if (TryParseNamed(ref position, out ByteSet named)) return named;
        ByteSet low = ParseOne(ref position);
        bool isRange = position + 1 < text.Length && text[position] == '-' && text[position + 1] != ']';
        if (!isRange) return low;

        position++;
        ByteSet high = ParseOne(ref position);
        if (low.Single() is not { } from || high.Single() is not { } to || from > to)
            throw new PatternSyntaxException("a range in brackets does not run from a lower to a higher character");
        return ByteSet.Range(from, to);
    }

    /// <summary>A "[:" that is not closed is two characters like any other, as in RE2.</summary>
    private bool TryParseNamed(ref int position, out ByteSet set)
    {
        set = default;
        if (!text.AsSpan(position).StartsWith("[:")) return false;
        int close = text.IndexOf(":]", position + 2, StringComparison.Ordinal);
        if (close < 0) return false;
        string name = text[(position + 2)..close];
        position = close + 2;
        set = name.StartsWith('^') ? PatternEscapes.Named(name[1..]).Complement() : PatternEscapes.Named(name);
        return true;
    }

    private ByteSet ParseOne(ref int position)
    {
        char next = text[position];
        if (next == '\\') return PatternEscapes.Read(text, ref position);
        if (next > 127) throw new PatternSyntaxException($"\"{next}\" stands in brackets, where only ASCII is supported; write it as an alternative: (a|b)");
        position++;
        return ByteSet.Of((byte)next);
    }
}
