using System.Diagnostics;
using Google.Protobuf;
using Tulle.Protocol;
using Tulle.Proxy.Tests.Harness;
using Tulle.Proxy.Tests.Telemetry;

namespace Tulle.Proxy.Tests.Routing;

/// <summary>What client and server get, at their sockets, when a route asks for more than forwarding.</summary>
public sealed class RouteActionsTests
{
    [Theory]
    [InlineData("full=/new", "/old?x=1", "GET /new?x=1 HTTP/1.1")]
    [InlineData("prefix=/v1 matched=/api", "/api/users", "GET /v1/users HTTP/1.1")]
    [InlineData(@"regex=^/users/([0-9]+) to=/people/\1", "/users/7/x?y", "GET /people/7/x?y HTTP/1.1")]
    public async Task Rewrite_Path_IsWhatTheServerGets(string rewrite, string target, string expected)
    {
        using var server = new RecordingServer();
        await using var proxy = new ProxyUnderTest();
        proxy.Apply(Destinations.To(server.EndPoint, new Route { Rewrite = ParseRewrite(rewrite) }));
        using TestPeer client = TestPeer.Connect(proxy.Outbound);

        for (int i = 0; i < 2; i++) Assert.Equal(200, client.Exchange($"GET http://app{target} HTTP/1.1\r\nHost: app\r\nX-Case: Kept\r\n\r\n").Status);

        Assert.All(server.Received, request => Assert.Equal(expected, request.StartLine));
        Assert.All(server.Received, request => Assert.Contains("X-Case: Kept\r\n", request.Head, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Rewrite_Authority_IsWhatTheServerGets()
    {
        using var server = new RecordingServer();
        await using var proxy = new ProxyUnderTest();
        proxy.Apply(Destinations.To(server.EndPoint, new Route
        {
            Rewrite = new Rewrite { Authority = "other.example:81" },
            RequestHeaders = new HeaderOperations { Set = { Field("host", "not-this") } },
        }));
        using TestPeer client = TestPeer.Connect(proxy.Outbound);

        client.Exchange("GET /a HTTP/1.1\r\nHost: app\r\n\r\n");

        Assert.Equal("other.example:81", Single(server).Header("Host"));
    }

    [Fact]
    public async Task HeaderOperations_OfRuleAndDestination_ApplyInOrder()
    {
        using var server = new RecordingServer(_ => "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nServer: app\r\nX-Keep: 1\r\nX-Gone: 1\r\n\r\n");
        await using var proxy = new ProxyUnderTest();
        proxy.Apply(Destinations.To(server.EndPoint, new Route
        {
            RequestHeaders = new HeaderOperations { Removed = { "x-gone" }, Set = { Field("x-set", "rule"), Field(":authority", "rule.host") }, Added = { Field("x-add", "rule") } },
            ResponseHeaders = new HeaderOperations { Set = { Field("server", "rule") } },
            Backends =
            {
                new WeightedBackend
                {
                    Backend = "b0",
                    RequestHeaders = new HeaderOperations { Set = { Field("x-set", "destination"), Field("x-own", "destination"), Field("host", "destination.host") }, Added = { Field("x-gone", "2") } },
                    ResponseHeaders = new HeaderOperations { Removed = { "X-Gone" }, Added = { Field("server", "destination"), Field("x-new", "1") } },
                },
            },
        }));
        using TestPeer client = TestPeer.Connect(proxy.Outbound);

        TestMessage response = client.Exchange("GET /a HTTP/1.1\r\nHost: app\r\nX-Gone: 1\r\nx-Set: client\r\nX-Add: client\r\nX-Other: 1\r\n\r\n");

        TestMessage request = Single(server);
        Assert.Equal("rule.host", request.Header("Host"));
        Assert.Equal(["rule"], All(request, "x-set"));
        Assert.Equal(["client", "rule"], All(request, "x-add"));
        Assert.Equal(["destination"], All(request, "x-own"));
        Assert.Empty(All(request, "x-gone"));
        Assert.Equal(["1"], All(request, "x-other"));
        Assert.Equal(["rule"], All(response, "server"));
        Assert.Equal(["1"], All(response, "x-new"));
        Assert.Equal(["1"], All(response, "x-keep"));
        Assert.Empty(All(response, "x-gone"));
    }

    [Fact]
    public async Task Redirect_IsAnsweredWithoutAServer()
    {
        using var server = new RecordingServer();
        await using var proxy = new ProxyUnderTest();
        proxy.Apply(Destinations.To(server.EndPoint, new Route
        {
            Redirect = new Redirect { Status = 308, Scheme = "https", Authority = "new.example", Prefix = "/v2", MatchedPrefix = "/v1" },
            ResponseHeaders = new HeaderOperations { Added = { Field("x-why", "moved") } },
        }));
        using TestPeer client = TestPeer.Connect(proxy.Outbound);

        for (int i = 0; i < 2; i++)
        {
            TestMessage response = client.Exchange($"GET http://app/v1/{new string('a', i * 400)}?q HTTP/1.1\r\nHost: app\r\n\r\n");
            Assert.Equal("HTTP/1.1 308 Permanent Redirect", response.StartLine);
            Assert.Equal($"https://new.example/v2/{new string('a', i * 400)}?q", response.Header("location"));
            Assert.Equal("moved", response.Header("x-why"));
            Assert.Null(response.Header("tulle-error"));
        }
        Assert.Empty(server.Received);
        await proxy.CountsAsync(2, Direction.Outbound, series => series.Successes);
    }

    [Theory]
    [InlineData("GET", 200, "hi there")]
    [InlineData("HEAD", 200, "")]
    public async Task DirectResponse_IsAnsweredWithoutAServer(string method, int status, string body)
    {
        await using var proxy = new ProxyUnderTest();
        proxy.Apply(Destinations.To([], new Route { DirectResponse = new DirectResponse { Status = (uint)status, Body = ByteString.CopyFromUtf8("hi there") } }));
        using TestPeer client = TestPeer.Connect(proxy.Outbound);

        TestMessage response = client.Exchange($"{method} /a HTTP/1.1\r\nHost: app\r\n\r\n", isHead: method == "HEAD");

        Assert.Equal((status, body), (response.Status, response.Body));
        Assert.Equal("text/plain", response.Header("content-type"));
        Assert.Equal("8", response.Header("content-length"));
    }

    [Fact]
    public async Task DirectResponse_ToARequestWithABody_ClosesTheConnection()
    {
        await using var proxy = new ProxyUnderTest();
        proxy.Apply(Destinations.To([], new Route { DirectResponse = new DirectResponse { Status = 204 } }));
        using TestPeer client = TestPeer.Connect(proxy.Outbound);

        TestMessage response = client.Exchange("POST /a HTTP/1.1\r\nHost: app\r\nContent-Length: 3\r\n\r\nabc");

        Assert.Equal(204, response.Status);
        Assert.Equal("close", response.Header("Connection"));
        Assert.True(client.IsClosed());
    }

    [Theory]
    [InlineData(0u, 503, "no-backend")]
    [InlineData(404u, 404, "no-route")]
    [InlineData(500u, 500, "no-backend")]
    public async Task RouteWithoutBackends_AnswersItsStatus(uint unmatched, int expected, string token)
    {
        await using var proxy = new ProxyUnderTest();
        proxy.Apply(new Destination { Authority = "app:80", Version = 1, Resolution = Resolution.Mesh, Routes = { new Route { Name = "r", UnmatchedStatus = unmatched } } });
        using TestPeer client = TestPeer.Connect(proxy.Outbound);

        TestMessage response = client.Exchange("GET /a HTTP/1.1\r\nHost: app\r\n\r\n");

        Assert.Equal(expected, response.Status);
        Assert.Equal(token, response.Header("tulle-error"));
    }

    [Fact]
    public async Task Weights_DecideHowManyRequestsEachBackendGets()
    {
        using var first = new RecordingServer();
        using var second = new RecordingServer();
        await using var proxy = new ProxyUnderTest();
        proxy.Apply(Destinations.To([first.EndPoint, second.EndPoint], new Route
        {
            Backends = { new WeightedBackend { Backend = "b0", Weight = 90 }, new WeightedBackend { Backend = "b1", Weight = 10 } },
        }));
        using TestPeer client = TestPeer.Connect(proxy.Outbound);

        for (int i = 0; i < 1_000; i++) client.Exchange("GET /a HTTP/1.1\r\nHost: app\r\n\r\n");

        Assert.Equal(1_000, first.Received.Count + second.Received.Count);
        Assert.InRange(second.Received.Count, 60, 140);
    }

    [Fact]
    public async Task Conditions_OfEveryKind_ChooseTheRoute()
    {
        await using var proxy = new ProxyUnderTest();
        proxy.Apply(Destinations.To([],
            Answer("header", new Condition { Header = new HeaderMatch { Name = "version", Value = new StringMatch { Exact = "v2" } } }),
            Answer("query", new Condition { Query = new HeaderMatch { Name = "debug", Value = new StringMatch { Present = true } } }),
            Answer("method", new Condition { Method = new StringMatch { Regex = "PUT|PATCH" } }),
            Answer("ignoring-case", new Condition { Path = new StringMatch { Prefix = "/Upper", IgnoreCase = true } }),
            Answer("authority", new Condition { Authority = new StringMatch { Exact = "APP" } }),
            Answer("scheme", new Condition { Scheme = new StringMatch { Exact = "https" } }),
            Answer("without", new Condition
            {
                All = new ConditionList
                {
                    Conditions =
                    {
                        new Condition { Path = new StringMatch { Exact = "/w" } },
                        new Condition { Not = new Condition { Header = new HeaderMatch { Name = "x", Value = new StringMatch { Exact = "no" } } } },
                    },
                },
            }),
            Answer("default", null)));
        using TestPeer client = TestPeer.Connect(proxy.Outbound);

        Assert.Equal("header", Ask("GET /", "Version: v2\r\n"));
        Assert.Equal("query", Ask("GET /?debug"));
        Assert.Equal("method", Ask("PATCH /"));
        Assert.Equal("ignoring-case", Ask("GET /uPPeR/x"));
        Assert.Equal("authority", client.Exchange("GET / HTTP/1.1\r\nHost: APP\r\n\r\n").Body);
        Assert.Equal("without", Ask("GET /w"));
        Assert.Equal("default", Ask("GET /w", "X: no\r\n"));
        Assert.Equal("default", Ask("GET /"));

        string Ask(string line, string fields = "") => client.Exchange($"{line} HTTP/1.1\r\nHost: app\r\n{fields}\r\n").Body;
    }

    [Fact]
    public async Task FaultDelay_HoldsTheRequestBackBeforeTheServerSeesIt()
    {
        using var server = new RecordingServer();
        await using var proxy = new ProxyUnderTest();
        proxy.Apply(Destinations.To(server.EndPoint, new Route { Fault = new Fault { DelayMs = 200, DelayPpm = 1_000_000 } }));
        using TestPeer client = TestPeer.Connect(proxy.Outbound);

        var watch = Stopwatch.StartNew();
        TestMessage response = client.Exchange("GET /a HTTP/1.1\r\nHost: app\r\n\r\n");

        Assert.Equal(200, response.Status);
        Assert.InRange(watch.ElapsedMilliseconds, 195, long.MaxValue);
        Assert.Single(server.Received);
        Assert.Equal(1, proxy.DataPlane.Metrics.Sum(loop => loop.FaultDelays));
    }

    [Fact]
    public async Task FaultDelay_LongerThanTheTimeout_DoesNotUseItUp()
    {
        using var server = new RecordingServer();
        await using var proxy = new ProxyUnderTest(time: new ManualClock());
        proxy.Apply(Destinations.To(server.EndPoint, new Route
        {
            Fault = new Fault { DelayMs = 300, DelayPpm = 1_000_000 }, Timeouts = new Timeouts { RequestMs = 250 },
        }));
        using TestPeer client = TestPeer.Connect(proxy.Outbound);
        client.Send("GET /a HTTP/1.1\r\nHost: app\r\n\r\n");
        await Testing.Eventually.TrueAsync(() => !proxy.Subscribed.IsEmpty, Testing.Eventually.Patience, "the request arrives");
        await proxy.TurnAsync();

        await proxy.AdvanceAsync(TimeSpan.FromMilliseconds(310));

        Assert.Equal(200, client.ReadMessage().Status);
    }

    [Fact]
    public async Task InboundRateLimit_PassesItsBurstAndRefusesTheRest()
    {
        using var server = new RecordingServer();
        await using ProxyUnderTest proxy = ProxyUnderTest.WithInbound(server.EndPoint);
        var policy = new InboundPolicy { Version = 1 };
        policy.Ports.Add(new InboundPort { Port = (uint)proxy.Inbound().Port, RateLimit = new RateLimit { RequestsPerSecond = 0.01, Burst = 3 } });
        Assert.Null(proxy.DataPlane.Apply(policy));
        using TestPeer client = TestPeer.Connect(proxy.Inbound());

        int[] statuses = [.. Enumerable.Range(0, 5).Select(_ => client.Exchange("GET /a HTTP/1.1\r\nHost: app\r\n\r\n").Status)];

        Assert.Equal([200, 200, 200, 429, 429], statuses);
        Assert.Equal(3, server.Received.Count);
        Assert.Equal(2, proxy.Errors("rate-limited"));
    }

    [Theory]
    [InlineData(418u, null, 418)]
    [InlineData(0u, 14u, 503)]
    public async Task FaultAbort_AnswersWithoutAServer(uint status, uint? grpc, int expected)
    {
        using var server = new RecordingServer();
        await using var proxy = new ProxyUnderTest();
        var fault = new Fault { AbortStatus = status, AbortPpm = 1_000_000 };
        if (grpc is not null) fault.AbortGrpcStatus = grpc.Value;
        proxy.Apply(Destinations.To(server.EndPoint, new Route { Fault = fault }));
        using TestPeer client = TestPeer.Connect(proxy.Outbound);

        TestMessage response = client.Exchange("GET /a HTTP/1.1\r\nHost: app\r\n\r\n");

        Assert.Equal(expected, response.Status);
        Assert.Equal("fault-abort", response.Header("tulle-error"));
        Assert.Empty(server.Received);
        Assert.Equal(1, proxy.Errors("fault-abort"));
    }

    [Fact]
    public async Task FaultAbort_OfAShare_HitsThatShare()
    {
        using var server = new RecordingServer();
        await using var proxy = new ProxyUnderTest();
        proxy.Apply(Destinations.To(server.EndPoint, new Route { Fault = new Fault { AbortStatus = 500, AbortPpm = 200_000 } }));
        using TestPeer client = TestPeer.Connect(proxy.Outbound);

        for (int i = 0; i < 1_000; i++) client.Exchange("GET /a HTTP/1.1\r\nHost: app\r\n\r\n");

        Assert.InRange(server.Received.Count, 740, 860);
    }

    [Fact]
    public async Task Cors_AllowedOrigin_PreflightIsAnsweredHereAndResponsesSaySo()
    {
        using var server = new RecordingServer(_ => "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nAccess-Control-Allow-Origin: http://wrong\r\n\r\n");
        await using var proxy = new ProxyUnderTest();
        proxy.Apply(Destinations.To(server.EndPoint, new Route
        {
            Cors = new CorsPolicy
            {
                Origins = { new StringMatch { Regex = "https://.*[.]example" } },
                Methods = { "GET", "PUT" },
                RequestHeaders = { "x-a", "x-b" },
                ExposedHeaders = { "x-c" },
                MaxAgeSeconds = 600,
                AllowCredentials = true,
            },
        }));
        using TestPeer client = TestPeer.Connect(proxy.Outbound);

        TestMessage preflight = client.Exchange("OPTIONS /a HTTP/1.1\r\nHost: app\r\nOrigin: https://a.example\r\nAccess-Control-Request-Method: PUT\r\n\r\n");
        Assert.Equal(200, preflight.Status);
        Assert.Equal("https://a.example", preflight.Header("access-control-allow-origin"));
        Assert.Equal("GET,PUT", preflight.Header("access-control-allow-methods"));
        Assert.Equal("x-a,x-b", preflight.Header("access-control-allow-headers"));
        Assert.Equal("600", preflight.Header("access-control-max-age"));
        Assert.Equal("true", preflight.Header("access-control-allow-credentials"));
        Assert.Empty(server.Received);

        TestMessage actual = client.Exchange("GET /a HTTP/1.1\r\nHost: app\r\nOrigin: https://b.example\r\n\r\n");
        Assert.Equal(["https://b.example"], All(actual, "access-control-allow-origin"));
        Assert.Equal("x-c", actual.Header("access-control-expose-headers"));
        Assert.Equal("true", actual.Header("access-control-allow-credentials"));
        Assert.Equal("Origin", actual.Header("vary"));

        TestMessage other = client.Exchange("GET /a HTTP/1.1\r\nHost: app\r\nOrigin: https://evil\r\n\r\n");
        Assert.Equal(["http://wrong"], All(other, "access-control-allow-origin"));
        Assert.Equal(2, server.Received.Count);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 0)]
    public async Task Cors_PreflightOfAnotherOrigin_IsForwardedUnlessIgnored(bool ignore, int forwarded)
    {
        using var server = new RecordingServer();
        await using var proxy = new ProxyUnderTest();
        proxy.Apply(Destinations.To(server.EndPoint, new Route
        {
            Cors = new CorsPolicy { Origins = { new StringMatch { Exact = "https://a" } }, IgnoreUnmatchedPreflights = ignore },
        }));
        using TestPeer client = TestPeer.Connect(proxy.Outbound);

        TestMessage response = client.Exchange("OPTIONS /a HTTP/1.1\r\nHost: app\r\nOrigin: https://b\r\nAccess-Control-Request-Method: PUT\r\n\r\n");

        Assert.Equal(200, response.Status);
        Assert.Null(response.Header("access-control-allow-origin"));
        Assert.Equal(forwarded, server.Received.Count);
    }

    [Fact]
    public async Task ResponseClasses_OfANamedRoute_DecideWhatCountsAsFailure()
    {
        using var server = new RecordingServer(_ => "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        await using var proxy = new ProxyUnderTest();
        Destination destination = Destinations.To(server.EndPoint, new Route());
        destination.NamedRoutes.Add(new NamedRoute
        {
            Name = "GET /strict",
            Condition = new Condition { Path = new StringMatch { Exact = "/strict" } },
            ResponseClasses = { new ResponseClass { Condition = new() { MinStatus = 400, MaxStatus = 499 }, IsFailure = true } },
        });
        proxy.Apply(destination);
        using TestPeer client = TestPeer.Connect(proxy.Outbound);

        client.Exchange("GET /strict HTTP/1.1\r\nHost: app\r\n\r\n");
        client.Exchange("GET /other HTTP/1.1\r\nHost: app\r\n\r\n");

        await proxy.CountsAsync(1, Direction.Outbound, series => series.Key.Route == "GET /strict" ? series.Failures : 0);
        await proxy.CountsAsync(1, Direction.Outbound, series => series.Key.Route == "" ? series.Successes : 0);
    }

    private static Route Answer(string body, Condition? condition) => new()
    {
        Condition = condition,
        DirectResponse = new DirectResponse { Status = 200, Body = ByteString.CopyFromUtf8(body) },
    };

    private static TestMessage Single(RecordingServer server) => Assert.Single(server.Received);

    private static HeaderField Field(string name, string value) => new() { Name = name, Value = value };

    private static string[] All(TestMessage message, string name) =>
    [
        .. message.Head.Split("\r\n").Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)).Select(line => line[(name.Length + 1)..].Trim()),
    ];

    private static Rewrite ParseRewrite(string text)
    {
        var rewrite = new Rewrite();
        foreach (string[] pair in text.Split(' ').Select(part => part.Split('=', 2)))
        {
            switch (pair[0])
            {
                case "full": rewrite.Full = pair[1]; break;
                case "prefix": rewrite.Prefix = pair[1]; break;
                case "matched": rewrite.MatchedPrefix = pair[1]; break;
                case "regex": rewrite.Regex = new RegexRewrite { Pattern = pair[1] }; break;
                case "to": rewrite.Regex.Substitution = pair[1]; break;
            }
        }
        return rewrite;
    }
}
