using System.Text;
using Tulle.Protocol;
using Tulle.Proxy.Routing.Actions;

namespace Tulle.Proxy.Tests.Routing.Actions;

public sealed class RewriteModelTests
{
    [Theory]
    [InlineData("/v1", "/api", "/api/users?x=1", "/v1/users?x=1")]
    [InlineData("/", "/api/", "/api/users", "/users")]
    [InlineData("/", "/api", "/api", "/")]
    [InlineData("/", "/api", "/api/users", "//users")] // what Envoy does; match "/api/" to avoid it
    [InlineData("", "/api", "/api/users", "/users")]
    [InlineData("", "/api", "/api", "/")]
    [InlineData("v1", "/api", "/api/users", "/v1/users")]
    [InlineData("/v1", "/api", "/API/users", "/v1/users")]
    [InlineData("/v1", "/api", "/other?q", "/other?q")]
    public void TryWriteTarget_Prefix_ReplacesWhatMatched(string prefix, string matched, string target, string expected) =>
        Assert.Equal(expected, Rewrite(new Rewrite { Prefix = prefix, MatchedPrefix = matched }, target));

    [Theory]
    [InlineData("/new", "/old?x=1", "/new?x=1")]
    [InlineData("new", "/old", "/new")]
    [InlineData("/new?y=2", "/old?x=1", "/new?y=2")]
    public void TryWriteTarget_Full_KeepsTheQuery(string full, string target, string expected) =>
        Assert.Equal(expected, Rewrite(new Rewrite { Full = full }, target));

    [Theory]
    [InlineData("^/users/([0-9]+)", @"/people/\1", "/users/17/name?full=1", "/people/17/name?full=1")]
    [InlineData("^/", "", "/a", "/a")]
    [InlineData(".*", "", "/a?b", "/?b")]
    public void TryWriteTarget_Regex_ReplacesInThePathOnly(string pattern, string substitution, string target, string expected) =>
        Assert.Equal(expected, Rewrite(new Rewrite { Regex = new RegexRewrite { Pattern = pattern, Substitution = substitution } }, target));

    [Fact]
    public void TryWriteTarget_ResultLongerThanTheRoom_Fails()
    {
        RewriteModel model = RewriteModel.Compile(new Rewrite { Full = "/" + new string('x', 100) }).Model!;
        Assert.False(model.TryWriteTarget(TestRequest.Get("/a").View, new byte[50], out _));
    }

    [Fact]
    public void Compile_PathWithSpaces_SaysWhatToDo() =>
        Assert.Contains("percent-encode", RewriteModel.Compile(new Rewrite { Full = "/a b" }).Error);

    private static string Rewrite(Rewrite rewrite, string target)
    {
        (RewriteModel? model, string? error) = RewriteModel.Compile(rewrite);
        Assert.Null(error);
        Assert.True(model!.ChangesPath);
        var result = new byte[1024];
        Assert.True(model.TryWriteTarget(TestRequest.Get(target).View, result, out int written));
        return Encoding.ASCII.GetString(result, 0, written);
    }
}
