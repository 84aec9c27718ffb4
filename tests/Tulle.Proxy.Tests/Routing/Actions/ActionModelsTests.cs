using System.Text;
using Tulle.Http;
using Tulle.Protocol;
using Tulle.Proxy.Routing;
using Tulle.Proxy.Routing.Actions;
using Tulle.Proxy.Tests.Balancing;

namespace Tulle.Proxy.Tests.Routing.Actions;

public sealed class ActionModelsTests
{
    [Theory]
    [InlineData("content-length", "belongs to the connection")]
    [InlineData("Host", "belongs to the connection")]
    [InlineData("a b", "not a valid field name")]
    [InlineData(":path", "not a valid field name")]
    public void HeaderEdits_NamesThatWouldBreakTheMessage_AreRefused(string name, string expected)
    {
        Assert.Contains(expected, HeaderEditsModel.Compile(new HeaderOperations { Removed = { name } }, isRequest: true).Error);
        Assert.NotNull(HeaderEditsModel.Compile(new HeaderOperations { Set = { Field(name, "x") } }, isRequest: false).Error);
    }

    [Fact]
    public void HeaderEdits_ValueWithLineEnd_IsRefused() =>
        Assert.Contains("line end", HeaderEditsModel.Compile(new HeaderOperations { Added = { Field("x", "a\r\nb: c") } }, isRequest: true).Error);

    [Theory]
    [InlineData(":authority")]
    [InlineData("host")]
    [InlineData("Host")]
    public void HeaderEdits_SettingTheHostOfARequest_ReplacesTheAuthority(string name)
    {
        HeaderEditsModel model = HeaderEditsModel.Compile(new HeaderOperations { Set = { Field(name, "other:81") } }, isRequest: true).Model!;
        Assert.Equal("other:81", Encoding.ASCII.GetString(model.Authority));
        Assert.Null(model.Fields);
    }

    [Fact]
    public void HeaderEdits_RuleAndDestination_RuleHasTheLastWord()
    {
        HeaderEditsModel rule = HeaderEditsModel.Compile(new HeaderOperations { Set = { Field("a", "rule"), Field("host", "rule") } }, isRequest: true).Model!;
        HeaderEditsModel destination = HeaderEditsModel.Compile(new HeaderOperations { Set = { Field("a", "dest"), Field("host", "dest") } }, isRequest: true).Model!;

        var edits = new EditsModel(rule, HeaderEditsModel.None, destination, HeaderEditsModel.None);

        Assert.Equal("rule", Encoding.ASCII.GetString(edits.Authority));
        Assert.Equal([destination.Fields!, rule.Fields!], edits.Request);
        Assert.True(new HeadEdits { Fields = edits.Request }.RemovesAdded(0, destination.Fields!.Added[0]));
    }

    [Theory]
    [InlineData("https://a.example", "GET", false, nameof(CorsModel.Kind.Actual))]
    [InlineData("https://a.example", "OPTIONS", true, nameof(CorsModel.Kind.Preflight))]
    [InlineData("https://a.example", "OPTIONS", false, nameof(CorsModel.Kind.Actual))]
    [InlineData("https://b.example", "GET", false, nameof(CorsModel.Kind.Other))]
    [InlineData("https://b.example", "OPTIONS", true, nameof(CorsModel.Kind.Other))]
    [InlineData("https://x.sub.example", "GET", false, nameof(CorsModel.Kind.Actual))]
    [InlineData("", "GET", false, nameof(CorsModel.Kind.Other))]
    public void Cors_Requests_AreToldApart(string origin, string method, bool asks, string expected)
    {
        CorsModel cors = CorsModel.Compile(new CorsPolicy
        {
            Origins = { new StringMatch { Exact = "https://a.example" }, new StringMatch { Regex = @"https://[a-z]+\.sub\.example" } },
        }).Model!;
        string fields = (origin.Length > 0 ? $"Origin: {origin}\r\n" : "") + (asks ? "Access-Control-Request-Method: PUT\r\n" : "");
        var request = new TestRequest($"{method} / HTTP/1.1\r\nHost: h\r\n{fields}\r\n");

        CorsModel.Kind kind = cors.Classify(request.View, out ReadOnlySpan<byte> allowed);

        Assert.Equal(expected, kind.ToString());
        Assert.Equal(expected == nameof(CorsModel.Kind.Other) ? "" : origin, Encoding.ASCII.GetString(allowed));
    }

    [Fact]
    public void Cors_StarAsExactOrigin_IsAnyOrigin()
    {
        CorsModel cors = CorsModel.Compile(new CorsPolicy { Origins = { new StringMatch { Exact = "*" } } }).Model!;
        Assert.Equal(CorsModel.Kind.Actual, cors.Classify(TestRequest.Get("/", "Origin: http://any").View, out _));
    }

    [Fact]
    public void Cors_UnmatchedPreflightToBeIgnored_IsRefused()
    {
        CorsModel cors = CorsModel.Compile(new CorsPolicy { IgnoreUnmatchedPreflights = true }).Model!;
        var request = new TestRequest("OPTIONS / HTTP/1.1\r\nHost: h\r\nOrigin: http://b\r\nAccess-Control-Request-Method: GET\r\n\r\n");
        Assert.Equal(CorsModel.Kind.RefusedPreflight, cors.Classify(request.View, out _));
    }

    [Fact]
    public void Fault_Shares_AreOfAMillion()
    {
        FaultModel fault = FaultModel.Compile(new Fault { DelayMs = 5, DelayPpm = 1, AbortStatus = 503, AbortPpm = 500_000 }).Model!;
        Assert.True(fault.Delays(new ScriptedRandom(0)));
        Assert.False(fault.Delays(new ScriptedRandom(1)));
        Assert.True(fault.Aborts(new ScriptedRandom(499_999)));
        Assert.False(fault.Aborts(new ScriptedRandom(500_000)));
        Assert.False(FaultModel.Compile(new Fault { DelayMs = 5, AbortStatus = 503 }).Model!.Delays(new ScriptedRandom(0)));
    }

    [Theory]
    [InlineData(14u, 503)]
    [InlineData(5u, 404)]
    public void Fault_GrpcStatusOnly_HasAnHttpStatusForOthers(uint grpc, int expected) =>
        Assert.Equal(expected, FaultModel.Compile(new Fault { AbortGrpcStatus = grpc, AbortPpm = 1 }).Model!.AbortStatus);

    [Fact]
    public void ResponseClasses_FirstMatch_Decides()
    {
        var named = new NamedRoute
        {
            Name = "r",
            ResponseClasses =
            {
                new ResponseClass { Condition = new() { MinStatus = 503, MaxStatus = 503 }, IsFailure = false },
                new ResponseClass { Condition = new() { MinStatus = 429, MaxStatus = 429 }, IsFailure = true },
                new ResponseClass { Condition = new() { Not = new() { MinStatus = 200, MaxStatus = 404 } }, IsFailure = true },
            },
        };
        RouteNamesModel names = RouteNamesModel.Compile([named, new NamedRoute { Name = "plain" }]).Model!;

        Assert.False(names.IsFailure(0, 503));
        Assert.True(names.IsFailure(0, 429));
        Assert.True(names.IsFailure(0, 405));
        Assert.False(names.IsFailure(0, 404));
        Assert.True(names.IsFailure(1, 500));
        Assert.False(names.IsFailure(1, 499));
        Assert.True(names.IsFailure(-1, 503));
    }

    [Fact]
    public void Destination_RouteWithAWrongAction_IsRefusedByName()
    {
        var destination = new Destination { Authority = "a:80", Routes = { new Route { Name = "r", DirectResponse = new DirectResponse { Status = 99 } } } };
        Assert.Contains("route \"r\": direct response: status 99", DestinationModel.Compile(destination).Error);
    }

    [Fact]
    public void WithoutHeader_AbsentHeader_Matches()
    {
        var without = new Condition { Not = new Condition { Header = new HeaderMatch { Name = "x", Value = new StringMatch { Exact = "v" } } } };
        ConditionModel model = ConditionCompiler.Compile(without).Model!;
        Assert.True(model.Matches(TestRequest.Get("/").View));
        Assert.True(model.Matches(TestRequest.Get("/", "x: other").View));
        Assert.False(model.Matches(TestRequest.Get("/", "x: v").View));
    }

    private static HeaderField Field(string name, string value) => new() { Name = name, Value = value };
}
