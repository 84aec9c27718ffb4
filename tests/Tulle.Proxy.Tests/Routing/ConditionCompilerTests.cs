using Tulle.Protocol;
using Tulle.Proxy.Routing;

namespace Tulle.Proxy.Tests.Routing;

public sealed class ConditionCompilerTests
{
    [Theory]
    [InlineData("exact", "/users", "/users", true)]
    [InlineData("exact", "/users", "/users/", false)]
    [InlineData("exact", "/users", "/Users", false)]
    [InlineData("prefix", "/users", "/users", true)]
    [InlineData("prefix", "/users", "/usersandmore?x", true)]
    [InlineData("prefix", "/users", "/user", false)]
    [InlineData("prefix", "", "/anything", true)]
    [InlineData("regex", "/users/[0-9]+", "/users/12?q=1", true)]
    [InlineData("regex", "/users/[0-9]+", "/users/12/x", false)]
    [InlineData("regex", "/users/.*", "/users/12/x", true)]
    [InlineData("regex", "/users", "/users", true)]
    public void Matches_Path_LooksAtThePathWithoutItsQuery(string kind, string text, string target, bool expected)
    {
        AssertMatches(new Condition { Path = Match(kind, text) }, TestRequest.Get(target), expected);
    }

    [Theory]
    [InlineData("exact", "/Users", "/uSERS", true)]
    [InlineData("prefix", "/Users", "/uSERS/1", true)]
    [InlineData("regex", "/Users/[a-z]+", "/uSERS/ABC", true)]
    [InlineData("exact", "/[", "/{", false)]
    public void Matches_IgnoringCase_FoldsLettersOnly(string kind, string text, string target, bool expected)
    {
        StringMatch match = Match(kind, text);
        match.IgnoreCase = true;
        AssertMatches(new Condition { Path = match }, TestRequest.Get(target), expected);
    }

    [Theory]
    [InlineData("version: v2", "exact", "v2", true)]
    [InlineData("VERSION:v2", "exact", "v2", true)]
    [InlineData("version: V2", "exact", "v2", false)]
    [InlineData("versions: v2", "exact", "v2", false)]
    [InlineData("version:", "present", "", true)]
    [InlineData("other: x", "present", "", false)]
    [InlineData("version: canary-7", "regex", "canary-\\d", true)]
    public void Matches_Header_NameWithoutCaseValueWithCase(string field, string kind, string text, bool expected)
    {
        AssertMatches(Header("version", Match(kind, text)), TestRequest.Get("/", field), expected);
    }

    [Fact]
    public void Matches_RepeatedHeader_IsTheListItStandsFor()
    {
        TestRequest request = TestRequest.Get("/", "a: 1", "b: x", "A: 2");
        AssertMatches(Header("a", Match("exact", "1,2")), request, true);
        AssertMatches(Header("a", Match("exact", "1")), request, false);

        string longValue = new('v', 2_000);
        AssertMatches(Header("a", Match("exact", longValue + ",2")), TestRequest.Get("/", "a: " + longValue, "a: 2"), true);
    }

    [Theory]
    [InlineData("/?debug=1", "exact", "1", true)]
    [InlineData("/?a=2&debug=1&debug=3", "exact", "1", true)]
    [InlineData("/?xdebug=1", "exact", "1", false)]
    [InlineData("/?debug", "present", "", true)]
    [InlineData("/?debug", "exact", "", true)]
    [InlineData("/", "present", "", false)]
    [InlineData("/?de%62ug=a%20b", "exact", "a b", true)]
    [InlineData("/?debug=a+b", "exact", "a+b", true)]
    [InlineData("/?debug=100%", "exact", "100%", true)]
    public void Matches_QueryParameter_IsDecoded(string target, string kind, string text, bool expected)
    {
        AssertMatches(new Condition { Query = new HeaderMatch { Name = "debug", Value = Match(kind, text) } }, TestRequest.Get(target), expected);
    }

    [Fact]
    public void Matches_OtherParts_SeeWhatTheClientWrote()
    {
        var absolute = new TestRequest("PROPFIND https://Users:80/a HTTP/1.1\r\nHost: other\r\n\r\n");
        AssertMatches(new Condition { Method = Match("exact", "PROPFIND") }, absolute, true);
        AssertMatches(new Condition { Authority = Match("exact", "Users:80") }, absolute, true);
        AssertMatches(new Condition { Scheme = Match("exact", "https") }, absolute, true);
        AssertMatches(new Condition { Scheme = Match("exact", "http") }, TestRequest.Get("/"), true);
        AssertMatches(new Condition { Path = Match("exact", "/") }, new TestRequest("GET http://users HTTP/1.1\r\nHost: users\r\n\r\n"), true);
    }

    [Fact]
    public void Matches_Compound_CombinesAsSaid()
    {
        Condition yes = new() { Path = Match("prefix", "/") };
        Condition no = new() { Not = yes };
        TestRequest request = TestRequest.Get("/");

        AssertMatches(All(yes, yes), request, true);
        AssertMatches(All(yes, no), request, false);
        AssertMatches(All(), request, true);
        AssertMatches(Any(no, yes), request, true);
        AssertMatches(Any(no, no), request, false);
        AssertMatches(Any(), request, false);
    }

    [Fact]
    public void Compile_NoCondition_IsNoneAndNoError() => Assert.Equal((null, null), ConditionCompiler.Compile(null));

    [Fact]
    public void Compile_WrongCondition_SaysWhat()
    {
        AssertRefused(new Condition(), "older than the control plane");
        AssertRefused(new Condition { Path = Match("regex", "a(") }, "path: regular expression \"a(\": a \"(\" has no \")\"");
        AssertRefused(Header("", Match("exact", "x")), "header: the name is empty");
        AssertRefused(Header("x", new StringMatch { Present = false }), "negate the condition");

        Condition deep = new() { Path = Match("exact", "/") };
        for (int i = 0; i < 40; i++) deep = new Condition { Not = deep };
        AssertRefused(deep, "32 levels");
    }

    private static Condition All(params Condition[] conditions) => new() { All = new ConditionList { Conditions = { conditions } } };

    private static Condition Any(params Condition[] conditions) => new() { Any = new ConditionList { Conditions = { conditions } } };

    private static Condition Header(string name, StringMatch match) => new() { Header = new HeaderMatch { Name = name, Value = match } };

    private static StringMatch Match(string kind, string text) => kind switch
    {
        "exact" => new StringMatch { Exact = text },
        "prefix" => new StringMatch { Prefix = text },
        "regex" => new StringMatch { Regex = text },
        _ => new StringMatch { Present = true },
    };

    private static void AssertMatches(Condition condition, TestRequest request, bool expected)
    {
        (ConditionModel? model, string? error) = ConditionCompiler.Compile(condition);
        Assert.Null(error);
        Assert.Equal(expected, model!.Matches(request.View));
    }

    private static void AssertRefused(Condition condition, string expected)
    {
        (ConditionModel? model, string? error) = ConditionCompiler.Compile(condition);
        Assert.Null(model);
        Assert.Contains(expected, error);
    }
}
