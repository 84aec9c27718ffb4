using System.Net;
using System.Net.Sockets;
using System.Text;
using CsCheck;
using Tulle.Protocol;
using Tulle.Proxy.Telemetry;
using Tulle.Proxy.Tests.Harness;

namespace Tulle.Proxy.Tests.Resilience;

/// <summary>Retries at the socket: what the client gets, and what the server received.</summary>
public sealed class RetryTests
{
    // No back-off to speak of: the manual clock stands still.
    private static RetryPolicy Policy(uint limit, params RetryCondition[] on)
    {
        var policy = new RetryPolicy { Limit = limit, BackoffBaseMs = 1, BackoffMaxMs = 1, AnyMethod = true };
        policy.On.AddRange(on);
        return policy;
    }

    [Fact]
    public async Task Response_FailsTwice_TheThirdAnswerIsTheClients()
    {
        using var server = new CountingServer((_, n) => n < 2 ? CountingServer.Status(503) : TestServer.Ok("fine"));
        await using var scenario = new Scenario((route, _) => route.Retries = Policy(3, RetryCondition.Retry5Xx), server.EndPoint);
        using TestPeer client = scenario.Connect();
        Assert.Equal("fine", (await scenario.ExchangeAsync(client)).Body);
        Assert.Equal(3, server.Requests.Count);
        Assert.Equal(2, scenario.Proxy.Policies(PolicyEvent.Retry));
        Assert.Equal(1, scenario.Proxy.Policies(PolicyEvent.RetrySuccess));
    }

    [Fact]
    public async Task Response_AlwaysFails_ThreeRetriesAndThenTheServersOwnAnswer()
    {
        using CountingServer server = CountingServer.Always(503);
        await using var scenario = new Scenario((route, _) => route.Retries = Policy(3, RetryCondition.RetryGatewayError), server.EndPoint);
        using TestPeer client = scenario.Connect();
        TestMessage response = await scenario.ExchangeAsync(client);
        Assert.Equal((503, "no"), (response.Status, response.Body));
        Assert.Null(response.Header("tulle-error"));
        Assert.Equal(4, server.Requests.Count);
        Assert.Equal(1, scenario.Proxy.Policies(PolicyEvent.RetryLimit));
    }

    [Theory]
    [InlineData(false, "GET", 1)]
    [InlineData(true, "GET", 2)]
    [InlineData(true, "POST", 1)]
    public async Task Response_Fails_IsRepeatedOnlyWhereThePolicyCoversIt(bool policy, string method, int expected)
    {
        using CountingServer server = CountingServer.Always(500);
        await using var scenario = new Scenario(
            (route, _) =>
            {
                if (!policy) return;
                route.Retries = Policy(1, RetryCondition.Retry5Xx);
                route.Retries.AnyMethod = false;
            },
            server.EndPoint);
        using TestPeer client = scenario.Connect();
        Assert.Equal(500, (await scenario.ExchangeAsync(client, $"{method} http://app/ HTTP/1.1\r\nHost: app\r\nContent-Length: 0\r\n\r\n")).Status);
        Assert.Equal(expected, server.Requests.Count);
    }

    [Fact]
    public async Task Routes_IsRetryable_OnlyTheMarkedOneIsRepeated()
    {
        using CountingServer server = CountingServer.Always(500);
        await using var scenario = new Scenario((_, _) => { }, server.EndPoint);
        Destination destination = scenario.Destination.Clone();
        destination.Version++;
        destination.Routes.Insert(0, new Route
        {
            Name = "GET /users",
            Condition = new Condition { Path = new StringMatch { Regex = "/users/[^/]*" } },
            Backends = { new WeightedBackend { Backend = "app.test:80", Weight = 1 } },
            Retries = Policy(5, RetryCondition.Retry5Xx),
        });
        scenario.Proxy.Apply(destination);
        using TestPeer client = scenario.Connect();

        Assert.Equal(500, client.Exchange("POST http://app/orders HTTP/1.1\r\nHost: app\r\nContent-Length: 0\r\n\r\n").Status);
        Assert.Single(server.Requests);
        Assert.Equal(500, (await scenario.ExchangeAsync(client, "GET http://app/users/7 HTTP/1.1\r\nHost: app\r\n\r\n")).Status);
        Assert.Equal(7, server.Requests.Count);
    }

    [Fact]
    public async Task Reset_AfterTheRequest_IsRepeatedOnReset()
    {
        using var server = new CountingServer((_, n) => n == 0 ? CountingServer.Reset : TestServer.Ok("fine"));
        await using var scenario = new Scenario((route, _) => route.Retries = Policy(2, RetryCondition.RetryReset), server.EndPoint);
        using TestPeer client = scenario.Connect();
        Assert.Equal("fine", (await scenario.ExchangeAsync(client)).Body);
    }

    [Theory]
    [InlineData(RetryCondition.RetryRetriableStatusCodes, 418, "", 2)]
    [InlineData(RetryCondition.RetryRetriableStatusCodes, 419, "", 1)]
    [InlineData(RetryCondition.RetryRetriable4Xx, 409, "", 2)]
    [InlineData(RetryCondition.RetryRetriableHeaders, 200, "X-Again: yes\r\n", 2)]
    [InlineData(RetryCondition.RetryRetriableHeaders, 200, "X-Again: no\r\n", 1)]
    [InlineData(RetryCondition.RetryEnvoyRatelimited, 429, "x-envoy-ratelimited: true\r\n", 2)]
    [InlineData(RetryCondition.RetryEnvoyRatelimited, 429, "", 1)]
    [InlineData(RetryCondition.RetryGatewayError, 500, "", 1)]
    [InlineData(RetryCondition.RetryConnectFailure, 503, "", 1)]
    public async Task Response_Condition_DecidesWhatTheServerReceives(RetryCondition on, int status, string header, int expected)
    {
        using var server = new CountingServer((_, _) => CountingServer.Status(status, header));
        await using var scenario = new Scenario(
            (route, _) =>
            {
                route.Retries = Policy(1, on);
                route.Retries.StatusCodes.Add(418);
                if (on == RetryCondition.RetryRetriableHeaders)
                {
                    route.Retries.StatusCodes.Clear();
                    route.Retries.ResponseHeaders.Add(new HeaderMatch { Name = "x-again", Value = new StringMatch { Exact = "yes" } });
                }
            },
            server.EndPoint);
        using TestPeer client = scenario.Connect();
        Assert.Equal(status, (await scenario.ExchangeAsync(client)).Status);
        Assert.Equal(expected, server.Requests.Count);
    }

    [Fact]
    public async Task Retry_OtherEndpoint_IsPreferred()
    {
        using CountingServer bad = CountingServer.Always(503);
        using var good = new CountingServer((_, _) => TestServer.Ok("fine"));
        await using var scenario = new Scenario(
            (route, backend) =>
            {
                route.Retries = Policy(1, RetryCondition.Retry5Xx);
                backend.LoadBalancer = new LoadBalancer { Policy = BalancingPolicy.BalancingRandom };
            },
            bad.EndPoint, good.EndPoint);
        using TestPeer client = scenario.Connect();
        for (int i = 0; i < 30; i++) Assert.Equal("fine", (await scenario.ExchangeAsync(client)).Body);
        Assert.InRange(bad.Requests.Count, 5, 25);
        Assert.Equal(30, good.Requests.Count);
    }

    [Fact]
    public async Task Retry_Backoff_WaitsForTheClock()
    {
        using CountingServer server = CountingServer.Always(503);
        await using var scenario = new Scenario(
            (route, _) =>
            {
                route.Retries = Policy(1, RetryCondition.Retry5Xx);
                (route.Retries.BackoffBaseMs, route.Retries.BackoffMaxMs) = (60_000, 60_000);
            },
            server.EndPoint);
        using TestPeer client = scenario.Connect();
        client.Send(Scenario.Get);
        await server.ReceivesAsync(1);
        await RetriesAsync(scenario, 1);
        await scenario.Proxy.TurnAsync();
        Assert.Single(server.Requests);

        await scenario.AdvanceAsync(60);
        Assert.Equal(503, client.ReadMessage().Status);
        Assert.Equal(2, server.Requests.Count);
    }

    [Theory]
    [InlineData("3", 3)]
    [InlineData("Tue, 01 Jan 2030 00:00:04 GMT", 4)]
    public async Task Retry_RetryAfter_IsHonoured(string value, int seconds)
    {
        using var server = new CountingServer((_, n) => n == 0 ? CountingServer.Status(503, $"Retry-After: {value}\r\n") : TestServer.Ok("fine"));
        await using var scenario = new Scenario((route, _) => route.Retries = Policy(1, RetryCondition.Retry5Xx), server.EndPoint);
        using TestPeer client = scenario.Connect();
        client.Send(Scenario.Get);
        await RetriesAsync(scenario, 1);
        await scenario.AdvanceAsync(seconds - 0.1);
        Assert.Single(server.Requests);
        await scenario.AdvanceAsync(0.1);
        Assert.Equal("fine", client.ReadMessage().Body);
    }

    [Fact]
    public async Task Retry_RetryAfterTooLong_PassesTheAnswerOn()
    {
        using var server = new CountingServer((_, _) => CountingServer.Status(503, "Retry-After: 60\r\n"));
        await using var scenario = new Scenario((route, _) => route.Retries = Policy(3, RetryCondition.Retry5Xx), server.EndPoint);
        Assert.Equal("60", scenario.Ask().Header("Retry-After"));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Retry_Budget_BoundsAllRequestsTogether()
    {
        using CountingServer server = CountingServer.Always(503);
        await using var scenario = new Scenario((route, _) => route.Retries = Policy(5, RetryCondition.Retry5Xx), server.EndPoint);
        Destination destination = scenario.Destination.Clone();
        destination.Version++;
        destination.RetryBudget = new RetryBudget { RatioPpm = 0, MinPerSecond = 1, TtlMs = 3_000 };
        scenario.Proxy.Apply(destination);
        using TestPeer client = scenario.Connect();
        for (int i = 0; i < 3; i++) Assert.Equal(503, (await scenario.ExchangeAsync(client)).Status);
        Assert.Equal(3, scenario.Proxy.Policies(PolicyEvent.Retry));
        Assert.Equal(6, server.Requests.Count);
        Assert.Equal(3, scenario.Proxy.Policies(PolicyEvent.RetryBudgetExhausted));
    }

    [Fact]
    public async Task Retry_MaxRetries_BoundsThoseUnderWay()
    {
        using CountingServer server = CountingServer.Always(503);
        await using var scenario = new Scenario(
            (route, backend) =>
            {
                route.Retries = Policy(1, RetryCondition.Retry5Xx);
                (route.Retries.BackoffBaseMs, route.Retries.BackoffMaxMs) = (60_000, 60_000);
                backend.ConnectionPool = new ConnectionPool { MaxRetries = 1 };
            },
            server.EndPoint);
        using TestPeer waiting = scenario.Connect(), refused = scenario.Connect();
        waiting.Send(Scenario.Get);
        await RetriesAsync(scenario, 1);

        Assert.Equal(503, refused.Exchange(Scenario.Get).Status);
        Assert.Equal(1, scenario.Proxy.Policies(PolicyEvent.RetryOverflow));
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task Retry_Body_IsByteIdenticalAndNeverDuplicated()
    {
        using var server = new CountingServer((_, n) => n % 3 < 2 ? CountingServer.Status(503) : TestServer.Ok("fine"));
        await using var scenario = new Scenario((route, _) => route.Retries = Policy(3, RetryCondition.Retry5Xx), server.EndPoint);
        using TestPeer client = scenario.Connect();
        Gen<(byte[] Body, bool Chunked, int Piece)> requests = Gen.Select(Gen.Byte.Array[0, 30_000], Gen.Bool, Gen.Int[1, 10_000]);
        await requests.SampleAsync(
            async request =>
            {
                int before = server.Requests.Count;
                string text = Encoding.Latin1.GetString(request.Body);
                string body = request.Chunked ? Chunked(text, request.Piece) : text;
                client.Send($"POST http://app/ HTTP/1.1\r\nHost: app\r\n{(request.Chunked ? "Transfer-Encoding: chunked" : $"Content-Length: {text.Length}")}\r\n\r\n");
                for (int at = 0; at < body.Length; at += request.Piece) client.Send(body.Substring(at, Math.Min(request.Piece, body.Length - at)));
                TestMessage response = await scenario.AnswerAsync(client);
                TestMessage[] received = [.. server.Requests.Skip(before)];
                return response.Body == "fine" && received.Length == 3 && Array.TrueForAll(received, message => message.Body == body);
            },
            iter: 40, threads: 1);
    }

    [Fact]
    public async Task Retry_BodyLargerThanTheBuffer_IsNotMade()
    {
        using CountingServer server = CountingServer.Always(503);
        await using var scenario = new Scenario((route, _) => route.Retries = Policy(3, RetryCondition.Retry5Xx), server.EndPoint);
        Assert.Equal(503, scenario.Ask($"POST http://app/ HTTP/1.1\r\nHost: app\r\nContent-Length: 300000\r\n\r\n{new string('x', 300_000)}").Status);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Connect_Refused_IsRetriedElsewhereWithoutAnyPolicy()
    {
        using CountingServer server = new((_, _) => TestServer.Ok("fine"));
        await using var scenario = new Scenario((_, backend) => backend.LoadBalancer = new LoadBalancer { Policy = BalancingPolicy.BalancingRoundRobin }, Unused(), server.EndPoint);
        using TestPeer client = scenario.Connect();
        for (int i = 0; i < 10; i++) Assert.Equal("fine", client.Exchange("POST http://app/ HTTP/1.1\r\nHost: app\r\nContent-Length: 2\r\n\r\nab").Body);
        Assert.Equal(10, server.Requests.Count);
    }

    internal static IPEndPoint Unused()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (IPEndPoint)socket.LocalEndPoint!;
    }

    private static Task RetriesAsync(Scenario scenario, int count) => Testing.Eventually.TrueAsync(
        () => scenario.Proxy.Policies(PolicyEvent.Retry) == count, Testing.Eventually.Patience, $"{count} retries are decided");

    private static string Chunked(string text, int piece)
    {
        var coded = new StringBuilder();
        for (int at = 0; at < text.Length; at += piece)
        {
            string part = text.Substring(at, Math.Min(piece, text.Length - at));
            coded.Append($"{part.Length:x}\r\n{part}\r\n");
        }
        return coded.Append("0\r\n\r\n").ToString();
    }
}
