using System.Text;
using Tulle.Protocol;
using Tulle.Proxy.Routing.Patterns;

namespace Tulle.Proxy.Routing;

/// <summary>A compiled match on text, working on the bytes as received. Immutable, allocates nothing, any thread.</summary>
internal sealed class StringMatchModel
{
    private readonly Kind _kind;
    private readonly byte[] _text;
    private readonly Pattern? _pattern;

    private StringMatchModel(Kind kind, byte[] text, Pattern? pattern = null)
    {
        _kind = kind;
        _text = text;
        _pattern = pattern;
    }

    private enum Kind : byte
    {
        Present,
        Exact,
        ExactIgnoreCase,
        Prefix,
        PrefixIgnoreCase,
        Pattern,
    }

    /// <summary>Matches whatever the value is, so only the presence of what holds it counts.</summary>
    public bool IsPresence => _kind == Kind.Present;

    /// <summary>The text when the value must equal it, byte by byte; else null. What an index can be built on.</summary>
    public byte[]? ExactText => _kind == Kind.Exact ? _text : null;

    /// <summary>What the value must start with, byte by byte; null when that is unknown.</summary>
    public byte[]? RequiredPrefix => _kind switch
    {
        Kind.Prefix => _text,
        Kind.Pattern when _pattern!.Start.Length > 0 => _pattern.Start,
        _ => null,
    };

    /// <summary>True when the value matches.</summary>
    public bool Matches(ReadOnlySpan<byte> value) => _kind switch
    {
        Kind.Present => true,
        Kind.Exact => value.SequenceEqual(_text),
        Kind.ExactIgnoreCase => value.Length == _text.Length && EqualsIgnoreCase(value),
        Kind.Prefix => value.StartsWith(_text),
        Kind.PrefixIgnoreCase => value.Length >= _text.Length && EqualsIgnoreCase(value[.._text.Length]),
        _ => _pattern!.Matches(value),
    };

    /// <summary>Compiles a match; unset matches any value that is present.</summary>
    public static (StringMatchModel? Model, string? Error) Compile(StringMatch? match)
    {
        switch (match?.MatchCase)
        {
            case StringMatch.MatchOneofCase.Exact:
                return (new StringMatchModel(match.IgnoreCase ? Kind.ExactIgnoreCase : Kind.Exact, Encoding.UTF8.GetBytes(match.Exact)), null);
            case StringMatch.MatchOneofCase.Prefix:
                return (OfPrefix(Encoding.UTF8.GetBytes(match.Prefix), match.IgnoreCase), null);
            case StringMatch.MatchOneofCase.Regex:
                return CompileRegex(match.Regex, match.IgnoreCase);
            case StringMatch.MatchOneofCase.Present when !match.Present:
                return (null, "\"present: false\" is not a match; negate the condition instead");
            default:
                return (new StringMatchModel(Kind.Present, []), null);
        }
    }

    private static (StringMatchModel? Model, string? Error) CompileRegex(string regex, bool ignoreCase)
    {
        (Pattern? pattern, string? error) = Pattern.Compile(regex, ignoreCase);
        if (pattern is null) return (null, $"regular expression \"{regex}\": {error}");
        // A pattern that says no more than a literal or prefix is one, and can be indexed as such.
        if (pattern.Literal is { } literal) return (new StringMatchModel(Kind.Exact, literal), null);
        if (pattern.LiteralPrefix is { } prefix) return (OfPrefix(prefix, ignoreCase: false), null);
        return (new StringMatchModel(Kind.Pattern, [], pattern), null);
    }

    private static StringMatchModel OfPrefix(byte[] prefix, bool ignoreCase) =>
        prefix.Length == 0 ? new StringMatchModel(Kind.Present, []) : new StringMatchModel(ignoreCase ? Kind.PrefixIgnoreCase : Kind.Prefix, prefix);

    private bool EqualsIgnoreCase(ReadOnlySpan<byte> value)
    {
        // Ascii.EqualsIgnoreCase is false for bytes beyond ASCII, which may well be equal.
        for (int i = 0; i < value.Length; i++)
        {
            if (Lower(value[i]) != Lower(_text[i])) return false;
        }
        return true;
    }

    private static byte Lower(byte value) => value is >= (byte)'A' and <= (byte)'Z' ? (byte)(value | 0x20) : value;
}
