using System.Globalization;
using System.Text;

namespace Tulle.Proxy.Routing.Patterns;

/// <summary>
/// Parses RE2's syntax, which is that of Istio and Envoy, as far as whole-value matches of request parts need it: no word
/// boundaries, Unicode classes or multi-line mode. '.' matches every byte: parts of a request hold no line ends.
/// </summary>
internal sealed class PatternParser
{
    /// <summary>Deepest nesting of groups.</summary>
    private const int MaxDepth = 64;

    /// <summary>RE2's limit on counted repetition.</summary>
    private const int MaxRepeat = 1000;

    private readonly string _text;
    private int _position;
    private readonly bool _keepGroups;
    private int _depth;
    private int _groups;
    private bool _ignoreCase;

    private PatternParser(string text, bool ignoreCase, bool keepGroups)
    {
        _text = text;
        _ignoreCase = ignoreCase;
        _keepGroups = keepGroups;
    }

    /// <param name="keepGroups">The tree says where groups are. For whole-value matches they only hide literals.</param>
    /// <exception cref="PatternSyntaxException">The text is not a regular expression that is supported.</exception>
    public static PatternNode Parse(string text, bool ignoreCase, bool keepGroups = false) => Parse(text, ignoreCase, keepGroups, out _);

    /// <inheritdoc cref="Parse(string, bool, bool)"/>
    public static PatternNode Parse(string text, bool ignoreCase, bool keepGroups, out int groups)
    {
        var parser = new PatternParser(text, ignoreCase, keepGroups);
        PatternNode node = parser.ParseChoice();
        groups = parser._groups;
        return parser.IsAtEnd ? node : throw new PatternSyntaxException("there is a \")\" without its \"(\"");
    }

    private bool IsAtEnd => _position == _text.Length;

    private char Current => _text[_position];

    private bool TryTake(char expected)
    {
        if (IsAtEnd || Current != expected) return false;
        _position++;
        return true;
    }

    private PatternNode ParseChoice()
    {
        if (++_depth > MaxDepth) throw new PatternSyntaxException($"groups are nested more than {MaxDepth} levels deep");
        bool outerIgnoreCase = _ignoreCase;
        var options = new List<PatternNode> { ParseSequence() };
        while (TryTake('|')) options.Add(ParseSequence());
        _ignoreCase = outerIgnoreCase;
        _depth--;
        return options.Count == 1 ? options[0] : new PatternNode.Choice(options);
    }

    private PatternNode ParseSequence()
    {
        var parts = new List<PatternNode>();
        while (!IsAtEnd && Current is not ('|' or ')'))
        {
            PatternNode part = ParseRepeat(ParseAtom());
            if (part is PatternNode.Sequence inner) parts.AddRange(inner.Parts);
            else parts.Add(part);
        }
        return parts.Count == 1 ? parts[0] : new PatternNode.Sequence(parts);
    }

    private PatternNode ParseRepeat(PatternNode atom)
    {
        if (!TryReadRepeat(out int min, out int? max)) return atom;
        bool lazy = TryTake('?');
        if (TryReadRepeat(out _, out _)) throw new PatternSyntaxException("a repetition follows a repetition; put the inner one in a group");
        return new PatternNode.Repeat(atom, min, max, lazy);
    }

    private bool TryReadRepeat(out int min, out int? max)
    {
        min = 0;
        max = null;
        if (TryTake('*')) return true;
        if (TryTake('+'))
        {
            min = 1;
            return true;
        }
        if (TryTake('?'))
        {
            max = 1;
            return true;
        }
        return !IsAtEnd && Current == '{' && TryReadCount(out min, out max);
    }

    /// <summary>{n}, {n,} or {n,m}; anything else leaves the brace a literal, as in RE2.</summary>
    private bool TryReadCount(out int min, out int? max)
    {
        max = null;
        int close = _text.IndexOf('}', _position);
        string[] counts = close < 0 ? [] : _text[(_position + 1)..close].Split(',');
        min = 0;
        if (counts.Length is not (1 or 2) || !int.TryParse(counts[0], NumberStyles.None, CultureInfo.InvariantCulture, out min)) return false;
        if (counts.Length == 1) max = min;
        else if (counts[1].Length > 0)
        {
            if (!int.TryParse(counts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int most)) return false;
            max = most;
        }
        if (min > MaxRepeat || max > MaxRepeat || max < min)
            throw new PatternSyntaxException($"the repetition {{{_text[(_position + 1)..close]}}} is not between 0 and {MaxRepeat}, or its ends are swapped");
        _position = close + 1;
        return true;
    }

    private PatternNode ParseAtom()
    {
        char next = Current;
        switch (next)
        {
            case '(':
                _position++;
                return ParseGroup();
            case '[':
                _position++;
                return new PatternNode.Bytes(new PatternClassParser(_text, _ignoreCase).Parse(ref _position));
            case '.':
                _position++;
                return new PatternNode.Bytes(ByteSet.All);
            case '^':
                _position++;
                return new PatternNode.Begin();
            case '$':
                _position++;
                return new PatternNode.End();
            case '*' or '+' or '?':
                throw new PatternSyntaxException($"\"{next}\" has nothing to repeat");
            case '\\':
                return ParseEscape();
            default:
                return ParseLiteral();
        }
    }

    private PatternNode ParseEscape()
    {
        if (_text.AsSpan(_position).StartsWith("\\A"))
        {
            _position += 2;
            return new PatternNode.Begin();
        }
        if (_text.AsSpan(_position).StartsWith("\\z"))
        {
            _position += 2;
            return new PatternNode.End();
        }
        return new PatternNode.Bytes(WithCase(PatternEscapes.Read(_text, ref _position)));
    }

    private PatternNode ParseLiteral()
    {
        if (!Rune.TryGetRuneAt(_text, _position, out Rune rune)) throw new PatternSyntaxException("it is not valid text (half a surrogate pair)");
        _position += rune.Utf16SequenceLength;
        Span<byte> bytes = stackalloc byte[4];
        int length = rune.EncodeToUtf8(bytes);
        if (length == 1) return new PatternNode.Bytes(WithCase(ByteSet.Of(bytes[0])));
        // A repetition behind it is to repeat the whole character: a group of its own, not a part of the sequence around it.
        var parts = new List<PatternNode>(length);
        foreach (byte part in bytes[..length]) parts.Add(new PatternNode.Bytes(ByteSet.Of(part)));
        return new PatternNode.Sequence(parts);
    }

    private ByteSet WithCase(ByteSet set) => _ignoreCase ? set.IgnoringCase() : set;

    private PatternNode ParseGroup()
    {
        bool outerIgnoreCase = _ignoreCase;
        bool captures = true;
        if (TryTake('?') && !SkipGroupName())
        {
            captures = false;
            // "(?i)" holds until the group around it ends.
            if (!ReadFlags()) return new PatternNode.Sequence([]);
        }
        int number = captures ? ++_groups : 0;
        PatternNode inner = ParseChoice();
        _ignoreCase = outerIgnoreCase;
        if (!TryTake(')')) throw new PatternSyntaxException("a \"(\" has no \")\"");
        return captures && _keepGroups ? new PatternNode.Group(inner, number) : inner;
    }

    private bool SkipGroupName()
    {
        int start = _position;
        TryTake('P');
        if (TryTake('<'))
        {
            int close = _text.IndexOf('>', _position);
            bool isName = close > _position && _text.AsSpan(_position, close - _position).IndexOfAnyExcept(NameCharacters) < 0;
            if (!isName) throw new PatternSyntaxException("look-behind and nameless \"(?<\" groups are not supported");
            _position = close + 1;
            return true;
        }
        _position = start;
        return false;
    }

    /// <summary>True when a group with flags starts; false when the flags were all of it.</summary>
    private bool ReadFlags()
    {
        bool on = true;
        while (!IsAtEnd)
        {
            char flag = _text[_position++];
            switch (flag)
            {
                case ':': return true;
                case ')': return false;
                case '-': on = false; break;
                case 'i': _ignoreCase = on; break;
                case 's': break;
                default: throw new PatternSyntaxException($"\"(?{flag}\" is not supported; a look-around or a flag other than i and s");
            }
        }
        throw new PatternSyntaxException("a \"(?\" has no \")\"");
    }

    private static readonly System.Buffers.SearchValues<char> NameCharacters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");
}
