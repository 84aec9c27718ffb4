using System.Text.RegularExpressions;

namespace Tulle.Architecture.Tests.Source;

/// <summary>Finds what breaks a law and says where.</summary>
internal static class Law
{
    /// <summary>Fails with every violation on its own line, the law first.</summary>
    public static void Holds(string law, IEnumerable<string> violations)
    {
        string[] all = [.. violations];
        Assert.True(all.Length == 0, $"{law}\n{string.Join('\n', all)}\n({all.Length} in all)");
    }

    /// <summary>Lines of code, without comments and strings, that match a pattern: <c>file:line: code</c>.</summary>
    public static IEnumerable<string> Matches(IEnumerable<SourceFile> files, Regex pattern)
    {
        foreach (SourceFile file in files)
        {
            for (int i = 0; i < file.Code.Count; i++)
            {
                if (pattern.IsMatch(file.Code[i]))
                {
                    yield return $"{file}:{i + 1}: {file.Code[i].Trim()}";
                }
            }
        }
    }
}
