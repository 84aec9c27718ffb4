using System.Text;

namespace Tulle.Proxy.Routing.Patterns;

/// <summary>
/// Replaces every match of a regular expression, as RE2's global replacement does. Immutable, allocates nothing, any thread.
/// </summary>
internal sealed class PatternReplacer
{
    /// <summary>Longest expression and substitution, in characters: Istio's limit.</summary>
    private const int MaxCharacters = 1024;

    /// <summary>Most instructions visited for one text: about ten milliseconds. Matches that all look far ahead add up.</summary>
    private const int MaxWork = 1_000_000;

    private readonly PatternSearch _search;

    // Group -1 is the text beside it.
    private readonly (int Group, byte[] Text)[] _substitution;

    private PatternReplacer(PatternSearch search, (int Group, byte[] Text)[] substitution)
    {
        _search = search;
        _substitution = substitution;
    }

    /// <summary>Compiles RE2 syntax and a substitution with \0 to \9; an error completes "the rewrite … : ".</summary>
    public static (PatternReplacer? Replacer, string? Error) Compile(string pattern, string substitution)
    {
        if (pattern.Length > MaxCharacters || substitution.Length > MaxCharacters) return (null, $"it is longer than {MaxCharacters} characters");
        try
        {
            PatternSearch search = PatternSearch.Compile(pattern);
            return (new PatternReplacer(search, [.. ParseSubstitution(substitution, search.Groups)]), null);
        }
        catch (PatternSyntaxException e)
        {
            return (null, e.Message);
        }
    }

    /// <summary>Writes the text with its matches replaced. False when it does not fit, or takes too much work.</summary>
    public bool TryReplace(ReadOnlySpan<byte> text, Span<byte> destination, out int written)
    {
        Span<int> found = stackalloc int[_search.Slots];
        int work = MaxWork;
        int position = 0;
        int lastEnd = -1;
        written = 0;
        while (position <= text.Length)
        {
            if (!_search.Find(text, position, found, ref work))
            {
                if (work < 0) return false;
                break;
            }
            if (!TryAppend(text[position..found[0]], destination, ref written)) return false;
            if (found[0] == found[1] && found[0] == lastEnd)
            {
                // Nothing right behind a match is not another one.
                if (position < text.Length && !TryAppend(text.Slice(position, 1), destination, ref written)) return false;
                position++;
                continue;
            }
            if (!TryAppendSubstitution(text, found, destination, ref written)) return false;
            position = lastEnd = found[1];
        }
        return position > text.Length || TryAppend(text[position..], destination, ref written);
    }

    private bool TryAppendSubstitution(ReadOnlySpan<byte> text, ReadOnlySpan<int> found, Span<byte> destination, ref int written)
    {
        foreach ((int group, byte[] literal) in _substitution)
        {
            ReadOnlySpan<byte> part = literal;
            if (group >= 0) part = found[group * 2 + 1] < 0 ? default : text[found[group * 2]..found[group * 2 + 1]];
            if (!TryAppend(part, destination, ref written)) return false;
        }
        return true;
    }

    private static bool TryAppend(ReadOnlySpan<byte> part, Span<byte> destination, ref int written)
    {
        if (!part.TryCopyTo(destination[written..])) return false;
        written += part.Length;
        return true;
    }

    private static IEnumerable<(int Group, byte[] Text)> ParseSubstitution(string substitution, int groups)
    {
        var literal = new StringBuilder();
        for (int i = 0; i < substitution.Length; i++)
        {
            if (substitution[i] != '\\')
            {
                literal.Append(substitution[i]);
                continue;
            }
            char next = ++i < substitution.Length ? substitution[i] : '\0';
            if (next == '\\')
            {
                literal.Append('\\');
                continue;
            }
            if (!char.IsAsciiDigit(next)) throw new PatternSyntaxException("in the substitution, a backslash needs a digit or another backslash behind it");
            if (next - '0' > groups) throw new PatternSyntaxException($"the substitution refers to group \\{next}, but there are {groups}");
            if (literal.Length > 0) yield return (-1, Encoding.UTF8.GetBytes(literal.ToString()));
            literal.Clear();
            yield return (next - '0', []);
        }
        if (literal.Length > 0) yield return (-1, Encoding.UTF8.GetBytes(literal.ToString()));
    }
}
