namespace Tulle.Cli.Output;

/// <summary>Text broken into lines between words.</summary>
internal static class Paragraph
{
    /// <summary>Lines of at most a width, unless a single word is longer.</summary>
    public static IEnumerable<string> Wrap(string text, int width)
    {
        string line = "";
        foreach (string word in text.Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line;
                line = "";
            }
            line = line.Length == 0 ? word : $"{line} {word}";
        }
        yield return line;
    }
}
