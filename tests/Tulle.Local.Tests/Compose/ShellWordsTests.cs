using CsCheck;
using Tulle.Local.Compose;

namespace Tulle.Local.Tests.Compose;

public class ShellWordsTests
{
    [Theory]
    [InlineData("a b  c", "a,b,c")]
    [InlineData("  a\tb\n", "a,b")]
    [InlineData("'a b' \"c d\"", "a b,c d")]
    [InlineData("a'b'\"c\"d", "abcd")]
    [InlineData("a\\ b", "a b")]
    [InlineData("\"a\\\"b\" '\\'", "a\"b,\\")]
    [InlineData("'' x", ",x")]
    [InlineData("", "")]
    public void Split_Command_SplitsAsAShellDoes(string command, string words) =>
        Assert.Equal(words.Length == 0 ? [] : words.Split(','), ShellWords.Split(command));

    [Theory]
    [InlineData("'a")]
    [InlineData("a \"b")]
    public void Split_OpenQuote_IsNull(string command) => Assert.Null(ShellWords.Split(command));

    [Fact]
    public void Split_QuotedWords_GivesTheWordsBack() =>
        Gen.String.Array[0, 5].Sample(words =>
            ShellWords.Split(string.Join(' ', words.Select(word => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'")))!.SequenceEqual(words));
}
