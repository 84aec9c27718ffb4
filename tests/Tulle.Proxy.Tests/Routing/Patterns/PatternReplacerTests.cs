using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using Tulle.Proxy.Routing.Patterns;

namespace Tulle.Proxy.Tests.Routing.Patterns;

public sealed class PatternReplacerTests
{
    [Theory]
    [InlineData("^/service/([^/]+)(/.*)$", @"\2/instance/\1", "/service/foo/v1/api", "/v1/api/instance/foo")]
    [InlineData("one", "two", "/xxx/one/yyy/one/zzz", "/xxx/two/yyy/two/zzz")]
    [InlineData("^(.*?)one(.*)$", @"\1two\2", "/xxx/one/yyy/one/zzz", "/xxx/two/yyy/one/zzz")]
    [InlineData("(?i)/xxx/", "/yyy/", "/aaa/XxX/bbb", "/aaa/yyy/bbb")]
    [InlineData("[0-9]+", "N", "/a/12/b/345", "/a/N/b/N")]
    [InlineData("a*", "-", "baac", "-b-c-")] // RE2's rule: nothing right behind a match is not another one
    [InlineData("x*", "-", "abc", "-a-b-c-")]
    [InlineData("/(?P<id>[a-z]+)", @"/<\1>", "/ab/cd", "/<ab>/<cd>")]
    [InlineData("b", @"\0\0\\", "abc", @"abb\c")]
    [InlineData("(a)|(b)", @"[\1|\2]", "ab", "[a|][|b]")]
    [InlineData("/nothing", "x", "/users", "/users")]
    [InlineData("^/", "", "//a", "/a")]
    [InlineData("é", "e", "/café", "/cafe")]
    public void TryReplace_Examples_ReplacesEveryMatch(string pattern, string substitution, string text, string expected)
    {
        Assert.Equal(expected, Replace(pattern, substitution, text));
    }

    [Fact]
    public void TryReplace_AnyPattern_AgreesWithABacktrackingEngine()
    {
        // Neither nullable matches nor nullable repetitions, where engines differ by convention.
        Gen<string> literal = Gen.OneOf("a", "b", "/", "[ab]", ".", "[^a]");
        Gen<string> repeat = Gen.OneOf("", "", "", "*", "+", "?", "*?", "+?", "??", "{1,2}", "{2}");
        Gen<string> piece = Gen.Select(literal, literal, literal, repeat, Gen.Int[0, 5], (x, y, z, r, kind) => kind switch
        {
            0 => $"({x}{y}){r}",
            1 => $"({x}|{y}{z}){r}",
            2 => $"(?:{x}|({y})){r}",
            _ => x + r,
        });
        Gen<string> pattern = Gen.Select(piece.Array[0, 3], literal, piece.Array[0, 3], (before, must, after) => string.Concat(before) + must + string.Concat(after));
        Gen<string> text = Gen.OneOf("a", "b", "/", "c").Array[0, 12].Select(parts => string.Concat(parts));

        Gen.Select(pattern, text).Sample((p, t) =>
        {
            var regex = new Regex(p, RegexOptions.CultureInvariant);
            int groups = regex.GetGroupNumbers().Length - 1;
            string ours = string.Concat(Enumerable.Range(0, groups + 1).Select(i => $"<\\{i}>"));
            string theirs = string.Concat(Enumerable.Range(0, groups + 1).Select(i => $"<${{{i}}}>"));
            Assert.Equal(regex.Replace(t, theirs), Replace(p, ours, t));
        }, iter: 20_000);
    }

    [Fact]
    public void TryReplace_TooMuchWork_SaysSoInsteadOfTakingTheLoop()
    {
        (PatternReplacer? replacer, _) = PatternReplacer.Compile("(a|b|c|d|ab|bc)*x|a", "y");
        byte[] path = Encoding.ASCII.GetBytes(new string('a', 8_000));
        Assert.False(replacer!.TryReplace(path, new byte[16_000], out _));
    }

    [Fact]
    public void TryReplace_ResultDoesNotFit_Fails()
    {
        (PatternReplacer? replacer, _) = PatternReplacer.Compile("a", "bbbb");
        Assert.False(replacer!.TryReplace("aaaa"u8, new byte[15], out _));
        Assert.True(replacer.TryReplace("aaaa"u8, new byte[16], out int written));
        Assert.Equal(16, written);
    }

    [Fact]
    public void TryReplace_InSteadyState_AllocatesNothing()
    {
        (PatternReplacer? replacer, _) = PatternReplacer.Compile("^/service/([^/]+)(/.*)$", @"\2/instance/\1");
        var destination = new byte[256];
        for (int i = 0; i < 100; i++) replacer!.TryReplace("/service/foo/v1/api"u8, destination, out _);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000; i++) replacer!.TryReplace("/service/foo/v1/api"u8, destination, out _);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData("(", "x", "has no \")\"")]
    [InlineData("(a)", @"\2", "refers to group \\2, but there are 1")]
    [InlineData("a", @"\x", "needs a digit")]
    [InlineData("a", @"\", "needs a digit")]
    public void Compile_WrongInput_SaysWhatIsWrong(string pattern, string substitution, string expected)
    {
        (PatternReplacer? replacer, string? error) = PatternReplacer.Compile(pattern, substitution);
        Assert.Null(replacer);
        Assert.Contains(expected, error);
    }

    private static string Replace(string pattern, string substitution, string text)
    {
        (PatternReplacer? replacer, string? error) = PatternReplacer.Compile(pattern, substitution);
        Assert.Null(error);
        var destination = new byte[4096];
        Assert.True(replacer!.TryReplace(Encoding.UTF8.GetBytes(text), destination, out int written), pattern);
        return Encoding.UTF8.GetString(destination.AsSpan(0, written));
    }
}
