using System.Net;
using Microsoft.AspNetCore.Http;
using Tulle.Protocol;
using Tulle.Proxy.Model;
using Tulle.Proxy.Telemetry;
using Tulle.Proxy.Tests.Harness;
using Tulle.Proxy.Tests.Http2;

namespace Tulle.Proxy.Tests.Resilience;

/// <summary>The same policies on HTTP/2 and gRPC, with a real client and a real server.</summary>
public sealed class Http2PolicyTests
{
    private static readonly byte[] Message = [0, 0, 0, 0, 3, 1, 2, 3];

    [Fact]
    public async Task Grpc_UnavailableInTheHead_IsRetriedWithTheSameBody()
    {
        int received = 0;
        await using Http2App app = await Http2App.StartAsync(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            Assert.Equal(Message, body.ToArray());
            context.Response.ContentType = "application/grpc";
            if (Interlocked.Increment(ref received) < 3) context.Response.Headers["grpc-status"] = "14";
            else await EndAsync(context, "0");
        });
        await using Scenario scenario = Over(app, (route, _) => route.Retries = Grpc(RetryCondition.RetryGrpcUnavailable));
        (_, string status) = await CallAsync(scenario);
        Assert.Equal(("0", 3), (status, received));
        Assert.Equal(2, scenario.Proxy.Policies(PolicyEvent.Retry));
    }

    [Theory]
    [InlineData("14", true)]
    [InlineData("13", false)]
    public async Task Grpc_OtherStatusOrInTheTrailers_IsPassedOn(string code, bool inTrailers)
    {
        int received = 0;
        await using Http2App app = await Http2App.StartAsync(async context =>
        {
            Interlocked.Increment(ref received);
            context.Response.ContentType = "application/grpc";
            if (inTrailers) await EndAsync(context, code);
            else context.Response.Headers["grpc-status"] = code;
        });
        await using Scenario scenario = Over(app, (route, _) => route.Retries = Grpc(RetryCondition.RetryGrpcUnavailable));
        (_, string status) = await CallAsync(scenario);
        Assert.Equal((code, 1), (status, received));
    }

    [Fact]
    public async Task Grpc_FailuresInTrailers_CountForFailureAccrual()
    {
        int received = 0;
        await using Http2App app = await Http2App.StartAsync(async context =>
        {
            Interlocked.Increment(ref received);
            context.Response.ContentType = "application/grpc";
            await EndAsync(context, "13");
        });
        await using Scenario scenario = Over(app, (_, backend) => backend.FailureAccrual = new FailureAccrual { ConsecutiveFailures = 3 });
        for (int i = 0; i < 3; i++) Assert.Equal("13", (await CallAsync(scenario)).Status);
        // The proxy's own answer: no healthy endpoint is UNAVAILABLE.
        Assert.Equal("14", (await CallAsync(scenario)).Status);
        Assert.Equal(3, received);
    }

    [Fact]
    public async Task Grpc_Timeout_IsCappedByTheRoute()
    {
        var begun = new TaskCompletionSource();
        await using Http2App app = await Http2App.StartAsync(async context =>
        {
            begun.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        await using Scenario scenario = Over(app, (route, _) => route.Timeouts = new Timeouts { RequestMs = 3_000 });
        Task<(HttpStatusCode, string Status)> call = CallAsync(scenario, "60S");
        await begun.Task;
        await scenario.AdvanceAsync(2.9);
        Assert.Equal(0, scenario.Proxy.Errors("route-timeout"));
        await scenario.AdvanceAsync(0.2);
        Assert.Equal("4", (await call).Status);
    }

    [Fact]
    public async Task Grpc_Timeout_HoldsWithoutARoutes()
    {
        var begun = new TaskCompletionSource();
        await using Http2App app = await Http2App.StartAsync(async context =>
        {
            begun.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        await using Scenario scenario = Over(app, (_, _) => { });
        Task<(HttpStatusCode, string Status)> call = CallAsync(scenario, "500m");
        await begun.Task;
        await scenario.AdvanceAsync(0.6);
        Assert.Equal("4", (await call).Status);
    }

    [Fact]
    public async Task MaxRequests_OneMore_IsRefusedAtOnce()
    {
        var release = new TaskCompletionSource();
        int received = 0;
        await using Http2App app = await Http2App.StartAsync(async context =>
        {
            Interlocked.Increment(ref received);
            await release.Task;
            await context.Response.WriteAsync("fine");
        });
        await using Scenario scenario = Over(app, (_, backend) => backend.ConnectionPool = new ConnectionPool { MaxRequests = 2 });
        using HttpClient client = Client(scenario);
        Task<string>[] running = [client.GetStringAsync("/"), client.GetStringAsync("/")];
        await Testing.Eventually.TrueAsync(() => received == 2, Testing.Eventually.Patience, "two requests are under way");
        using HttpResponseMessage refused = await client.GetAsync("/");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "too-many-requests"), (refused.StatusCode, refused.Headers.GetValues("tulle-error").Single()));
        release.SetResult();
        Assert.Equal(["fine", "fine"], await Task.WhenAll(running));
        Assert.Equal(2, received);
    }

    [Fact]
    public async Task MaxConcurrentStreams_AndConnections_TheRestWaitsOrIsRefused()
    {
        var connections = new HashSet<string>();
        var gate = new SemaphoreSlim(0);
        int received = 0, most = 0, inside = 0;
        await using Http2App app = await Http2App.StartAsync(async context =>
        {
            lock (connections) connections.Add(context.Connection.Id);
            Interlocked.Increment(ref received);
            most = Math.Max(most, Interlocked.Increment(ref inside));
            await gate.WaitAsync();
            Interlocked.Decrement(ref inside);
            await context.Response.WriteAsync("fine");
        });
        await using Scenario scenario = Over(app, (_, backend) => backend.ConnectionPool = new ConnectionPool { MaxConnections = 1, MaxConcurrentStreams = 2, MaxPendingRequests = 3 });
        using HttpClient client = Client(scenario);
        Task<string>[] running = [.. Enumerable.Range(0, 5).Select(_ => client.GetStringAsync("/"))];
        await Testing.Eventually.TrueAsync(
            () => received == 2 && scenario.Proxy.DataPlane.Shared.Backends.Single().Breaker.Pending.Value == 3, Testing.Eventually.Patience, "two run and three wait");
        using HttpResponseMessage refused = await client.GetAsync("/");
        Assert.Equal("too-many-pending", refused.Headers.GetValues("tulle-error").Single());

        gate.Release(5);
        Assert.All(await Task.WhenAll(running), body => Assert.Equal("fine", body));
        Assert.Equal((5, 2, 1), (received, most, connections.Count));
    }

    [Fact]
    public async Task MaxRequestsPerConnection_FiveRequests_TakeThreeConnections()
    {
        var connections = new HashSet<string>();
        await using Http2App app = await Http2App.StartAsync(context =>
        {
            lock (connections) connections.Add(context.Connection.Id);
            return context.Response.WriteAsync("fine");
        });
        await using Scenario scenario = Over(app, (_, backend) => backend.ConnectionPool = new ConnectionPool { MaxRequestsPerConnection = 2 });
        using HttpClient client = Client(scenario);
        for (int i = 0; i < 5; i++) Assert.Equal("fine", await client.GetStringAsync("/"));
        Assert.Equal(3, connections.Count);
    }

    private static RetryPolicy Grpc(RetryCondition on) => new() { Limit = 3, On = { on }, BackoffBaseMs = 1, BackoffMaxMs = 1 };

    private static Scenario Over(Http2App app, Action<Route, Backend> shape) => new(
        (route, backend) =>
        {
            backend.Protocol = Protocol.Protocol.Http2;
            shape(route, backend);
        },
        config => config with { Upstreams = [new UpstreamListenerConfig(ProxyUnderTest.AnyPort, "app:80")] },
        app.EndPoint);

    private static HttpClient Client(Scenario scenario) => Http2Mesh.NewClient(new Uri($"http://127.0.0.1:{scenario.Proxy.Upstream().Port}"));

    private static async Task EndAsync(HttpContext context, string status)
    {
        await context.Response.Body.WriteAsync(Message);
        context.Response.AppendTrailer("grpc-status", status);
    }

    /// <summary>A unary call by hand; lets back-offs pass while it waits, unless it has a deadline.</summary>
    private static async Task<(HttpStatusCode Code, string Status)> CallAsync(Scenario scenario, string? timeout = null)
    {
        using HttpClient client = Client(scenario);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/test.Service/Call")
        {
            Content = new ByteArrayContent(Message), Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Content.Headers.TryAddWithoutValidation("content-type", "application/grpc");
        request.Headers.Add("te", "trailers");
        if (timeout is not null) request.Headers.Add("grpc-timeout", timeout);
        Task<HttpResponseMessage> sending = client.SendAsync(request);
        if (timeout is null) await scenario.PassBackoffsAsync(() => sending.IsCompleted);
        using HttpResponseMessage response = await sending;
        await response.Content.ReadAsByteArrayAsync();
        string status = response.Headers.TryGetValues("grpc-status", out IEnumerable<string>? head) || response.TrailingHeaders.TryGetValues("grpc-status", out head)
            ? head.First()
            : "none";
        return (response.StatusCode, status);
    }
}
