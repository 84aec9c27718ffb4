namespace Tulle.Architecture.Tests.Source;

public sealed class CodeTextTests
{
    [Theory]
    [InlineData("a // b", "a     ")]
    [InlineData("a /* b */ c", "a         c")]
    [InlineData("x(\"b\")", "x(   )")]
    [InlineData("x(\"\\\"b\") y", "x(     ) y")]
    [InlineData("x(@\"b\"\"c\") y", "x(       ) y")]
    [InlineData("x('\"') y", "x(   ) y")]
    [InlineData("x($\"a{b}c\") y", "x(    b   ) y")]
    [InlineData("x($\"{{a}}\") y", "x(        ) y")]
    [InlineData("x(\"\"\"a\"b\"\"\") y", "x(         ) y")]
    public void Of_CommentsAndStrings_AreBlanked(string source, string expected) => Assert.Equal(expected, CodeText.Of(source));

    [Fact]
    public void Of_EveryFile_KeepsItsLines() =>
        Assert.All(Repository.Product, file => Assert.Equal(file.Text.Split('\n').Length, file.Code.Count));
}
