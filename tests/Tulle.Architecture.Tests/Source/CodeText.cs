namespace Tulle.Architecture.Tests.Source;

/// <summary>
/// C# source with comments and string contents blanked, so that a law about code is not broken by a word in a sentence.
/// Lines and columns stay where they are. Code inside the holes of interpolated strings is kept.
/// </summary>
internal static class CodeText
{
    public static string Of(string source)
    {
        char[] code = source.ToCharArray();
        int at = 0;
        Code(source, code, ref at, inHole: false);
        return new string(code);
    }

    private static void Code(string source, char[] code, ref int at, bool inHole)
    {
        int depth = 0;
        while (at < source.Length)
        {
            char c = source[at];
            if (Starts(source, at, "//"))
            {
                Blank(code, ref at, EndOf(source, "\n", at));
            }
            else if (Starts(source, at, "/*"))
            {
                Blank(code, ref at, EndOf(source, "*/", at + 2) + 2);
            }
            else if (c == '\'')
            {
                int end = at + 1;
                while (end < source.Length && source[end] != '\'')
                {
                    end += source[end] == '\\' ? 2 : 1;
                }
                Blank(code, ref at, end + 1);
            }
            else if (c is '"' or '$' or '@' && StringStart(source, at) is { } start)
            {
                Text(source, code, ref at, start);
            }
            else if (inHole && c == '}' && depth == 0)
            {
                return;
            }
            else
            {
                depth += c switch { '{' => 1, '}' => -1, _ => 0 };
                at++;
            }
        }
    }

    /// <summary>Blanks one string literal; the braces around holes go with it, their code stays.</summary>
    private static void Text(string source, char[] code, ref int at, (int Dollars, bool Verbatim, int Quotes, int Length) start)
    {
        Blank(code, ref at, at + start.Length);
        string close = new('"', start.Quotes);
        string hole = new('{', Math.Max(1, start.Quotes >= 3 ? start.Dollars : 1));
        while (at < source.Length)
        {
            if (start.Quotes == 1 && Starts(source, at, start.Verbatim ? "\"\"" : "\\"))
            {
                Blank(code, ref at, at + 2);
            }
            else if (Starts(source, at, close))
            {
                Blank(code, ref at, at + close.Length);
                return;
            }
            else if (start.Dollars > 0 && start.Quotes == 1 && Starts(source, at, "{{"))
            {
                Blank(code, ref at, at + 2);
            }
            else if (start.Dollars > 0 && Starts(source, at, hole))
            {
                Blank(code, ref at, at + hole.Length);
                Code(source, code, ref at, inHole: true);
                Blank(code, ref at, at + hole.Length);
            }
            else
            {
                Blank(code, ref at, at + 1);
            }
        }
    }

    private static (int Dollars, bool Verbatim, int Quotes, int Length)? StringStart(string source, int at)
    {
        int i = at, dollars = 0;
        bool verbatim = false;
        while (i < source.Length && source[i] is '$' or '@')
        {
            dollars += source[i] == '$' ? 1 : 0;
            verbatim |= source[i] == '@';
            i++;
        }
        int quotes = 0;
        while (i + quotes < source.Length && source[i + quotes] == '"')
        {
            quotes++;
        }
        if (quotes == 0)
        {
            return null;
        }
        // Two quotes are an empty string; three and more open a raw one.
        int opening = quotes >= 3 && !verbatim ? quotes : 1;
        return (dollars, verbatim, opening, i - at + opening);
    }

    private static bool Starts(string source, int at, string what) => string.CompareOrdinal(source, at, what, 0, what.Length) == 0;

    private static int EndOf(string source, string what, int from)
    {
        int end = from > source.Length ? -1 : source.IndexOf(what, from, StringComparison.Ordinal);
        return end < 0 ? source.Length : end;
    }

    private static void Blank(char[] code, ref int at, int to)
    {
        for (; at < Math.Min(to, code.Length); at++)
        {
            if (code[at] != '\n')
            {
                code[at] = ' ';
            }
        }
    }
}
