using Tulle.Protocol;
using Tulle.Proxy.Telemetry;
using Tulle.Proxy.Tests.Harness;

namespace Tulle.Proxy.Tests.Resilience;

/// <summary>Timeouts at the socket, on a manual clock.</summary>
public sealed class TimeoutTests
{
    [Fact]
    public async Task PerTryAndRequest_SilentServer_EachTryHasTwoSecondsAndAllHaveFive()
    {
        using var server = new CountingServer((_, _) => CountingServer.Silence);
        await using var scenario = new Scenario(
            (route, _) =>
            {
                route.Timeouts = new Timeouts { RequestMs = 5_000 };
                route.Retries = new RetryPolicy
                {
                    Limit = 3, PerTryTimeoutMs = 2_000, BackoffBaseMs = 1, BackoffMaxMs = 1, AnyMethod = true,
                    On = { RetryCondition.RetryGatewayError, RetryCondition.RetryReset, RetryCondition.RetryConnectFailure },
                };
            },
            server.EndPoint);
        using TestPeer client = scenario.Connect();
        client.Send(Scenario.Get);
        await server.ReceivesAsync(1);
        for (int tries = 1; tries < 3; tries++)
        {
            double begun = scenario.Elapsed;
            while (scenario.Proxy.Policies(PolicyEvent.Retry) < tries) await scenario.AdvanceAsync(0.02);
            Assert.InRange(scenario.Elapsed - begun, 1.96, 2.05);
            // The back-off is a millisecond at most, and timers have ticks of eight.
            await scenario.AdvanceAsync(0.02);
            await server.ReceivesAsync(tries + 1);
        }
        while (scenario.Proxy.Errors("route-timeout") == 0) await scenario.AdvanceAsync(0.02);
        Assert.InRange(scenario.Elapsed, 4.97, 5.05);
        TestMessage response = client.ReadMessage();
        Assert.Equal((504, "route-timeout"), (response.Status, response.Header("tulle-error")));
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task PerTry_NoTriesLeft_Is504()
    {
        using var server = new CountingServer((_, _) => CountingServer.Silence);
        await using var scenario = new Scenario((route, _) => route.Retries = new RetryPolicy { PerTryTimeoutMs = 2_000 }, server.EndPoint);
        using TestPeer client = scenario.Connect();
        client.Send(Scenario.Get);
        await server.ReceivesAsync(1);
        await scenario.AdvanceAsync(2);
        Assert.Equal("per-try-timeout", client.ReadMessage().Header("tulle-error"));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Request_ResponseTooSlow_IsCutOff()
    {
        using var server = new TestServer((peer, _) =>
        {
            peer.ReadMessage();
            peer.Send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegin");
            peer.ReadToEnd();
        });
        await using var scenario = new Scenario((route, _) => route.Timeouts = new Timeouts { RequestMs = 5_000 }, server.EndPoint);
        using TestPeer client = scenario.Connect();
        client.Send(Scenario.Get);
        client.ReadThrough("begin");
        await scenario.AdvanceAsync(5);
        Assert.True(client.IsClosed());
        Assert.Equal(1, scenario.Proxy.Errors("route-timeout"));
    }

    [Fact]
    public async Task Stream_StillMoving_IsCutOff()
    {
        using var server = new TestServer((peer, _) =>
        {
            peer.ReadThrough("\r\n\r\n");
            peer.Send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegin");
            peer.Send(peer.ReadThrough("more"));
            peer.ReadToEnd();
        });
        await using var scenario = new Scenario((route, _) => route.Timeouts = new Timeouts { StreamMs = 5_000, IdleMs = 4_000 }, server.EndPoint);
        using TestPeer client = scenario.Connect();
        client.Send("POST http://app/ HTTP/1.1\r\nHost: app\r\nContent-Length: 100\r\n\r\n");
        client.ReadThrough("begin");
        await scenario.AdvanceAsync(3);
        client.Send("more");
        client.ReadThrough("more");
        await scenario.AdvanceAsync(2);
        Assert.True(client.IsClosed());
        Assert.Equal((1, 0), (scenario.Proxy.Errors("stream-too-long"), scenario.Proxy.Errors("stream-idle")));
    }

    [Theory]
    [InlineData("response", "response-timeout")]
    [InlineData("idle", "stream-idle")]
    [InlineData("stream", "stream-too-long")]
    [InlineData("request", "route-timeout")]
    public async Task Timeout_SilentServer_AnswersWithItsOwnReason(string which, string reason)
    {
        using var server = new CountingServer((_, _) => CountingServer.Silence);
        await using var scenario = new Scenario(
            (route, _) => route.Timeouts = which switch
            {
                "response" => new Timeouts { ResponseMs = 3_000 },
                "idle" => new Timeouts { IdleMs = 3_000 },
                "stream" => new Timeouts { StreamMs = 3_000 },
                _ => new Timeouts { RequestMs = 3_000 },
            },
            server.EndPoint);
        using TestPeer client = scenario.Connect();
        client.Send(Scenario.Get);
        await server.ReceivesAsync(1);
        await scenario.AdvanceAsync(2.9);
        Assert.Equal(0, scenario.Proxy.Errors(reason));
        await scenario.AdvanceAsync(0.2);
        TestMessage response = client.ReadMessage();
        Assert.Equal((504, reason), (response.Status, response.Header("tulle-error")));
    }

    [Fact]
    public async Task Response_BodyTakesLonger_IsNotItsBusiness()
    {
        using var server = new CountingServer((_, _) => "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegin");
        await using var scenario = new Scenario((route, _) => route.Timeouts = new Timeouts { ResponseMs = 3_000 }, server.EndPoint);
        using TestPeer client = scenario.Connect();
        client.Send(Scenario.Get);
        client.ReadThrough("begin");
        await scenario.AdvanceAsync(60);
        Assert.Equal(0, scenario.Proxy.Errors("response-timeout"));
    }

    [Fact]
    public async Task Request_Answered_LeavesNoDeadlineBehind()
    {
        using var server = new CountingServer((_, _) => TestServer.Ok("fine"));
        await using var scenario = new Scenario((route, _) => route.Timeouts = new Timeouts { RequestMs = 1_000 }, server.EndPoint);
        using TestPeer client = scenario.Connect();
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal("fine", client.Exchange(Scenario.Get).Body);
            await scenario.AdvanceAsync(10);
        }
        Assert.Equal(0, scenario.Proxy.Policies(PolicyEvent.Retry));
    }
}
