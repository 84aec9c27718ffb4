using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using Tulle.Proxy.Routing.Patterns;

namespace Tulle.Proxy.Tests.Routing.Patterns;

public sealed class PatternTests
{
    [Theory]
    [InlineData("abc", "abc", true)]
    [InlineData("abc", "abcd", false)]
    [InlineData("abc", "xabc", false)]
    [InlineData("", "", true)]
    [InlineData("a|bc|", "bc", true)]
    [InlineData("a|bc|", "", true)]
    [InlineData("a|bc|", "b", false)]
    [InlineData("(?:a|b)*c", "ababc", true)]
    [InlineData("(?P<id>a+)(?<x>b?)", "aa", true)]
    [InlineData("a{2,3}", "a", false)]
    [InlineData("a{2,3}", "aaa", true)]
    [InlineData("a{2,3}", "aaaa", false)]
    [InlineData("a{2}", "aa", true)]
    [InlineData("a{2,}", "aaaaa", true)]
    [InlineData("a{,2}", "a{,2}", true)]
    [InlineData("a{x", "a{x", true)]
    [InlineData("a*?b+?", "aabb", true)]
    [InlineData("[a-cx]+", "abcx", true)]
    [InlineData("[a-cx]+", "d", false)]
    [InlineData("[^/]+", "ab\u00e9c", true)]
    [InlineData("[^/]+", "a/b", false)]
    [InlineData("[]a]+", "]a", true)]
    [InlineData("[a-]+", "a-", true)]
    [InlineData("[\\]\\-^]+", "]-^", true)]
    [InlineData("[[:alpha:]_]+", "ab_", true)]
    [InlineData("[[:^digit:]]", "5", false)]
    [InlineData("\\d+\\.\\w\\S\\D", "12.aZx", true)]
    [InlineData("\\x41\\x{42}", "AB", true)]
    [InlineData("^abc$", "abc", true)]
    [InlineData("(^a|b)c$", "ac", true)]
    [InlineData("a$b", "ab", false)]
    [InlineData("a^b", "ab", false)]
    [InlineData("[^a]*$^", "", true)]
    [InlineData("[^a]*$^", "c-b", false)]
    [InlineData("\\Aab\\z", "ab", true)]
    [InlineData("(?i)aBc", "AbC", true)]
    [InlineData("a(?i:b)c", "aBc", true)]
    [InlineData("a(?i:b)c", "aBC", false)]
    [InlineData("a(?i)b|c", "C", true)]
    [InlineData("\u00e9+", "\u00e9\u00e9", true)]
    [InlineData(".", "x", true)]
    [InlineData("(a*)*", "aaa", true)]
    [InlineData("(|a)+b", "aab", true)]
    public void Matches_WholeValue_AsRe2(string expression, string value, bool expected)
    {
        Pattern pattern = Compile(expression);

        Assert.Equal(expected, pattern.Matches(Encoding.UTF8.GetBytes(value)));
        Assert.Equal(expected, new PatternSimulation(PatternProgram.Compile(PatternParser.Parse(expression, ignoreCase: false)))
            .Matches(Encoding.UTF8.GetBytes(value)));
    }

    [Theory]
    [InlineData("a(", "has no \")\"")]
    [InlineData("a)", "without its \"(\"")]
    [InlineData("*a", "nothing to repeat")]
    [InlineData("a**", "repetition follows a repetition")]
    [InlineData("[a", "has no \"]\"")]
    [InlineData("[z-a]", "range")]
    [InlineData("[[:nope:]]", "no class")]
    [InlineData("a\\", "backslash")]
    [InlineData("(a)\\1", "back-reference")]
    [InlineData("(?=a)", "look-around")]
    [InlineData("(?<=a)b", "look-behind")]
    [InlineData("\\bword", "\\b is not supported")]
    [InlineData("a{1001}", "1000")]
    [InlineData("a{3,2}", "swapped")]
    [InlineData("(a{1000}){1000}", "too large")]
    [InlineData("((((){1000}){1000}){1000}){1000}", "too large")]
    [InlineData("[\u00e9]", "only ASCII")]
    [InlineData("\\xZZ", "hexadecimal")]
    [InlineData("(?m)a", "flag")]
    public void Compile_Wrong_SaysWhat(string expression, string expected)
    {
        (Pattern? pattern, string? error) = Pattern.Compile(expression, ignoreCase: false);

        Assert.Null(pattern);
        Assert.Contains(expected, error);
    }

    [Fact]
    public void Compile_DeepOrLong_IsRefusedNotFatal()
    {
        Assert.NotNull(Pattern.Compile(new string('(', 500) + new string(')', 500), false).Error);
        Assert.NotNull(Pattern.Compile(new string('a', 1_025), false).Error);
    }

    [Theory]
    [InlineData("/users", "/users", null)]
    [InlineData("^/users$", "/users", null)]
    [InlineData("/a\\.b(c)", "/a.bc", null)]
    [InlineData("/users/.*", null, "/users/")]
    [InlineData(".*", null, "")]
    [InlineData("/users/.+", null, null)]
    [InlineData("(?i)/1.*", null, "/1")]
    [InlineData("(?i)/a.*", null, null)]
    public void Compile_SimpleExpression_IsALiteralOrPrefix(string expression, string? literal, string? prefix)
    {
        Pattern pattern = Compile(expression);

        Assert.Equal(literal, pattern.Literal is { } l ? Encoding.UTF8.GetString(l) : null);
        Assert.Equal(prefix, pattern.LiteralPrefix is { } p ? Encoding.UTF8.GetString(p) : null);
    }

    [Fact]
    public void Matches_ExpressionTooLargeForAnAutomaton_IsSimulatedInLinearTime()
    {
        Pattern pattern = Compile("(a|b)*a(a|b){14}");
        Assert.True(pattern.IsSimulated);

        byte[] matching = Encoding.ASCII.GetBytes(new string('b', 8_000) + "a" + new string('b', 14));
        byte[] other = Encoding.ASCII.GetBytes(new string('b', 8_000));
        Assert.True(pattern.Matches(matching));
        Assert.False(pattern.Matches(other));
    }

    [Fact]
    public void Matches_RandomExpressions_AgreesWithThePlatformsEngine()
    {
        Gen<string> atom = Gen.OneOf("a", "b", "c", ".", "[ab]", "[^a]", "\\w", "(a|b)", "(ab|c)", "(a|)", "^", "$", "(bc)");
        Gen<string> repeat = Gen.OneOf("", "", "", "*", "+", "?", "{2}", "{1,2}", "{2,}");
        Gen<string> piece = Gen.Select(atom, repeat, (a, r) => a is "^" or "$" ? a : a + r);
        Gen<string> expression = Gen.Select(piece.List[0, 5], piece.List[0, 3], (one, two) => two.Count == 0
            ? string.Concat(one) : $"({string.Concat(one)}|{string.Concat(two)})");
        Gen<string> value = Gen.OneOf('a', 'b', 'c', '-').Array[0, 8].Select(characters => new string(characters));

        Gen.Select(expression, value).Sample((e, v) =>
        {
            // \z instead of $ inside: the platform's $ also matches before a last line end, and there is none here.
            bool expected = Regex.IsMatch(v, $"\\A(?:{e})\\z", RegexOptions.CultureInvariant);
            byte[] bytes = Encoding.UTF8.GetBytes(v);
            Assert.Equal(expected, Compile(e).Matches(bytes));
            Assert.Equal(expected, new PatternSimulation(PatternProgram.Compile(PatternParser.Parse(e, ignoreCase: false))).Matches(bytes));
        }, iter: 20_000);
    }

    [Fact]
    public void Compile_RandomText_NeverThrows()
    {
        Gen.OneOf('a', '(', ')', '[', ']', '*', '+', '?', '{', '}', '\\', '^', '$', '|', '1', ',', '-', ':', '<', 'P', 'i', '\u00e9').Array[0, 20]
            .Sample(characters =>
            {
                (Pattern? pattern, string? error) = Pattern.Compile(new string(characters), ignoreCase: true);
                Assert.True(pattern is null != error is null);
                pattern?.Matches("aaa"u8);
            }, iter: 20_000);
    }

    private static Pattern Compile(string expression)
    {
        (Pattern? pattern, string? error) = Pattern.Compile(expression, ignoreCase: false);
        Assert.Null(error);
        return pattern!;
    }
}
