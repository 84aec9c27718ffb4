using Tulle.Model.Validation;

namespace Tulle.Model.Tests.Validation;

public sealed class RegexSyntaxTests
{
    [Theory]
    [InlineData("")]
    [InlineData("/users/\\d+")]
    [InlineData("a|b|")]
    [InlineData("(?P<name>x)+(?<n>y)*?")]
    [InlineData("(?i)abc(?-i:x)(?s:.)")]
    [InlineData("[a-z\\d_.-]+[^/]*[]x][[:alpha:][:^digit:]-]")]
    [InlineData("x{2}y{2,}z{2,3}{literal")]
    [InlineData("\\A\\x41\\x{7e}\\.\\/\\-\\z")]
    [InlineData("^/é+$")]
    public void Fault_Supported_IsNone(string pattern)
    {
        Assert.Null(RegexSyntax.Fault(pattern));
    }

    [Theory]
    [InlineData("(", "not closed")]
    [InlineData("a)|(b", "')' without its '('")]
    [InlineData("[a", "'[' that is not closed")]
    [InlineData("[b-a]", "lower to a higher")]
    [InlineData("[é]", "only ASCII")]
    [InlineData("[[:nope:]]", "does not exist")]
    [InlineData("*", "nothing to repeat")]
    [InlineData("a**", "repeats a repetition")]
    [InlineData("a{1001}", "more than 1000 times")]
    [InlineData("a{3,2}", "from more to less")]
    [InlineData("((a{100}){100})", "too large")]
    [InlineData("(?=a)", "look-around")]
    [InlineData("(?<=a)", "look-behind")]
    [InlineData("(?m)a", "flag other than")]
    [InlineData("(a)\\1", "back-reference \\1")]
    [InlineData("\\bword", "escape \\b")]
    [InlineData("\\pL", "escape \\p")]
    [InlineData("\\", "ends in a backslash")]
    [InlineData("\\xZZ", "hexadecimal")]
    public void Fault_NotSupported_SaysWhy(string pattern, string expected)
    {
        Assert.Contains(expected, RegexSyntax.Fault(pattern));
    }

    [Fact]
    public void Fault_AtAndAboveTheLimits()
    {
        Assert.Null(RegexSyntax.Fault(new string('a', RegexSyntax.MaxLength)));
        Assert.Contains("more than the 1024 allowed", RegexSyntax.Fault(new string('a', RegexSyntax.MaxLength + 1)));
        string Nested(int depth) => new string('(', depth) + new string(')', depth);
        Assert.Null(RegexSyntax.Fault(Nested(RegexSyntax.MaxDepth - 1)));
        Assert.Contains("64 levels", RegexSyntax.Fault(Nested(RegexSyntax.MaxDepth)));
    }
}
