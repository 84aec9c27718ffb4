using System.Text;

namespace Tulle.Local.Compose;

/// <summary>Splits a command into words as a POSIX shell does (blanks, quotes, backslashes), without expanding anything.</summary>
public static class ShellWords
{
    /// <returns>The words; null when a quote is not closed.</returns>
    public static IReadOnlyList<string>? Split(string command)
    {
        var words = new List<string>();
        StringBuilder? word = null;
        char quote = '\0';
        for (int i = 0; i < command.Length; i++)
        {
            char c = command[i];
            if (quote == '\'')
            {
                if (c == '\'') quote = '\0';
                else word!.Append(c);
            }
            else if (c == '\\' && i + 1 < command.Length && (quote == '\0' || command[i + 1] is '"' or '\\' or '$' or '`'))
            {
                (word ??= new()).Append(command[++i]);
            }
            else if (quote == '"')
            {
                if (c == '"') quote = '\0';
                else word!.Append(c);
            }
            else if (c is '\'' or '"')
            {
                quote = c;
                word ??= new();
            }
            else if (char.IsWhiteSpace(c))
            {
                if (word is not null) words.Add(word.ToString());
                word = null;
            }
            else
            {
                (word ??= new()).Append(c);
            }
        }
        if (quote != '\0') return null;
        if (word is not null) words.Add(word.ToString());
        return words;
    }
}
