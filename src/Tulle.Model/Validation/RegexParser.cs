using System.Text;

namespace Tulle.Model.Validation;

/// <summary>Walks a regular expression, counts the steps it compiles to, and stops at the first fault.</summary>
internal sealed class RegexParser(string pattern)
{
    private int _position;
    private int _depth;
    private string? _fault;

    private bool Ended => _fault is not null || _position >= pattern.Length;

    private char Current => pattern[_position];

    public string? Parse()
    {
        RegexCost cost = Choice();
        if (_fault is null && _position < pattern.Length)
            Fail("has a ')' without its '('");
        if (_fault is null && cost.IsTooLarge)
            Fail("is too large once its repetitions are written out");
        return _fault;
    }

    private RegexCost Choice()
    {
        if (++_depth > RegexSyntax.MaxDepth)
            Fail($"nests groups more than {RegexSyntax.MaxDepth} levels deep");
        RegexCost cost = Sequence();
        while (Take('|'))
            cost = cost.Plus(Sequence()).Plus(RegexCost.Step);
        _depth--;
        return cost;
    }

    private RegexCost Sequence()
    {
        RegexCost cost = RegexCost.Nothing;
        while (!Ended && Current is not ('|' or ')'))
            cost = cost.Plus(Repeated(Atom()));
        return cost;
    }

    private RegexCost Repeated(RegexCost atom)
    {
        if (TryRepeat() is not { } repeat)
            return atom;
        Take('?');
        if (TryRepeat() is not null)
            Fail("repeats a repetition; put the inner one in a group");
        return repeat.Max is { } max
            ? atom.Times(repeat.Min).Plus(atom.Plus(RegexCost.Step).Times(max - repeat.Min))
            : atom.Times(repeat.Min + 1).Plus(RegexCost.Step);
    }

    private (int Min, int? Max)? TryRepeat()
    {
        if (Take('*'))
            return (0, null);
        if (Take('+'))
            return (1, null);
        if (Take('?'))
            return (0, 1);
        if (Ended || Current != '{' || RegexSyntax.Count(pattern, _position) is not { } count)
            return null;
        _position = count.End;
        if (count.Min > RegexSyntax.MaxRepeat || count.Max > RegexSyntax.MaxRepeat || count.Max < count.Min)
            Fail($"repeats more than {RegexSyntax.MaxRepeat} times, or from more to less");
        return (count.Min, count.Max);
    }

    private RegexCost Atom()
    {
        switch (Current)
        {
            case '(':
                _position++;
                return Group();
            case '[':
                _position++;
                Class();
                return RegexCost.Step;
            case '*' or '+' or '?':
                Fail($"has a '{Current}' with nothing to repeat");
                return RegexCost.Step;
            case '\\' when Next is 'A' or 'z':
                _position += 2;
                return RegexCost.Step;
            case '\\':
                Escape();
                return RegexCost.Step;
            default:
                return Literal();
        }
    }

    private char Next => _position + 1 < pattern.Length ? pattern[_position + 1] : '\0';

    private RegexCost Literal()
    {
        if (!Rune.TryGetRuneAt(pattern, _position, out Rune rune))
        {
            Fail("holds half of a character");
            return RegexCost.Step;
        }
        _position += rune.Utf16SequenceLength;
        return RegexCost.Step.Times(rune.Utf8SequenceLength);
    }

    private RegexCost Group()
    {
        if (Take('?') && !GroupName() && !Flags())
            return RegexCost.Nothing;
        RegexCost cost = Choice();
        if (!Take(')'))
            Fail("has a '(' that is not closed");
        return cost;
    }

    private bool GroupName()
    {
        int start = _position;
        Take('P');
        if (!Take('<'))
        {
            _position = start;
            return false;
        }
        int close = pattern.IndexOf('>', _position);
        if (close <= _position || pattern.AsSpan(_position, close - _position).ContainsAnyExcept(RegexEscapes.NameCharacters))
            Fail("uses look-behind or a group without a name, which are not supported");
        _position = close + 1;
        return true;
    }

    // True when a group with flags begins, false when the flags were all of it.
    private bool Flags()
    {
        while (!Ended)
        {
            char flag = pattern[_position++];
            if (flag == ':')
                return true;
            if (flag == ')')
                return false;
            if (flag is not ('-' or 'i' or 's'))
                Fail("uses look-around or a flag other than i and s, which are not supported");
        }
        Fail("has a '(' that is not closed");
        return false;
    }

    private void Class()
    {
        if (!Ended && Current == '^')
            _position++;
        bool first = true;
        while (!Ended && (first || Current != ']'))
        {
            first = false;
            ClassItem();
        }
        if (!Take(']'))
            Fail("has a '[' that is not closed");
    }

    private void ClassItem()
    {
        if (Current == '[' && Next == ':' && pattern.IndexOf(":]", _position + 2, StringComparison.Ordinal) is var close and >= 0)
        {
            if (!RegexEscapes.IsNamedClass(pattern[(_position + 2)..close]))
                Fail($"names a class [:{pattern[(_position + 2)..close]}:] that does not exist");
            _position = close + 2;
            return;
        }
        int? low = ClassCharacter();
        if (Ended || Current != '-' || _position + 1 >= pattern.Length || Next == ']')
            return;
        _position++;
        int? high = ClassCharacter();
        if (low is null || high is null || low > high)
            Fail("has a range in brackets that does not run from a lower to a higher character");
    }

    // Null for an escape that stands for several characters.
    private int? ClassCharacter()
    {
        if (Current == '\\')
            return Escape();
        if (Current > 127)
            Fail($"has {Current} in brackets, where only ASCII is supported; write it as an alternative: (a|b)");
        return pattern[_position++];
    }

    private int? Escape()
    {
        (int? character, string? fault) = RegexEscapes.Read(pattern, ref _position);
        if (fault is not null)
            Fail(fault);
        return character;
    }

    private bool Take(char expected)
    {
        if (Ended || Current != expected)
            return false;
        _position++;
        return true;
    }

    // Keeps the first fault, and ends the walk.
    private void Fail(string fault) => _fault ??= fault;
}
