using YamlDotNet.Core;
using Tulle.Model.Findings;

namespace Tulle.Model.Documents;

/// <summary>Puts a YAML syntax error into words: what is wrong on which line, and what to do about it.</summary>
internal static class YamlFault
{
    public static Finding Explain(YamlException exception, string text, string? file)
    {
        int line = Math.Max(1, (int)exception.Start.Line);
        if (exception is YamlComposer.LimitException)
            return At(file, line, exception.Start, exception.Message, "");
        bool tab = exception.Message.Contains("tab", StringComparison.Ordinal);
        if (TabbedLine(text, line, last: tab ? int.MaxValue : line + 1) is { } tabbed)
            return At(file, tabbed, exception.Start, "a tab indents the line, and YAML allows only spaces there", "replace each tab by two spaces");
        (string message, string remedy) = Words(exception.Message);
        return At(file, line, exception.Start, $"malformed YAML: {message}", remedy);
    }

    private static Finding At(string? file, int line, Mark mark, string message, string remedy) =>
        new(Severity.Error, "", message, remedy, new SourceLocation(file, line, Math.Max(1, (int)mark.Column)), "Malformed");

    // The scanner reports a tab where the value after it makes no sense, at most on the next line, or at the start of the mapping.
    private static int? TabbedLine(string text, int line, int last)
    {
        int number = 0;
        foreach (ReadOnlySpan<char> candidate in text.AsSpan().EnumerateLines())
        {
            number++;
            if (number > last)
                return null;
            if (number >= line - 1 && candidate[..(candidate.Length - candidate.TrimStart().Length)].Contains('\t'))
                return number;
        }
        return null;
    }

    private static (string Message, string Remedy) Words(string message)
    {
        bool Says(string part) => message.Contains(part, StringComparison.OrdinalIgnoreCase);

        if (Says("mapping values are not allowed") || Says("invalid mapping"))
            return ("a ':' stands where no key can be", "check the indentation of this line and the one before it, or put a value that contains ': ' in quotes");
        if (Says("quoted scalar"))
            return ("a quoted text is not closed", "add the closing quote");
        if (Says("expected key") || Says("simple key") || Says("expected ':'"))
            return ("the line does not fit the mapping around it", "indent it as the other keys of that mapping and write 'key: value'");
        if (Says("'-' indicator") || Says("block entry") || Says("block sequence"))
            return ("the line does not fit the list around it", "indent every '- ' of one list by the same number of spaces");
        if (Says("flow"))
            return ("a '{' or '[' is not closed", "add the closing bracket, or a comma between the elements");
        if (Says("cannot start any token"))
            return ("a value cannot start with this character", "put the value in quotes");
        if (Says("anchor") || Says("alias"))
            return ("an anchor (&) or alias (*) has no valid name", "put a value that starts with '*' or '&' in quotes");
        if (Says("escape"))
            return ("a text in double quotes contains an unknown escape after '\\'", "write '\\\\', or use single quotes");
        if (Says("indentation") || Says("indent"))
            return ("the indentation is not consistent", "indent with spaces only, the same number for every line of a block");
        string plain = message.Replace("\n", " ", StringComparison.Ordinal).TrimEnd('.');
        return ($"{char.ToLowerInvariant(plain[0])}{plain[1..]}", "check the syntax of this line and the one before it");
    }
}
