using System.Net;
using System.Text.Json.Nodes;
using Tulle.ControlPlane.Dashboard;
using Tulle.ControlPlane.Tests.Hosting;
using Tulle.ControlPlane.Tests.Insight;
using Tulle.Kubernetes;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Tests.Dashboard;

/// <summary><c>/api/stream</c>.</summary>
public sealed class StreamTests
{
    [Fact]
    public async Task Stream_AnswerChanges_SendsTheNewOne()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        using Browser browser = await Browser.OpenAsync(mesh);
        using EventSource events = await EventSource.OpenAsync(browser, "namespaces/default/stat/deployments", "proxies");
        var first = new JsonObject?[2];
        while (first[0] is null || first[1] is null)
        {
            (string name, JsonObject data) = (await events.NextAsync())!.Value;
            Assert.Equal("update", name);
            first[data["q"]!.GetValue<int>()] = data;
        }
        Assert.Equal(0, Row(first[0]!)["requests"]!.GetValue<int>());
        Assert.Empty(first[1]!["body"]!["items"]!.AsArray());

        using TestProxy proxy = await TestProxy.ConnectAsync(mesh, "users", "users-0");
        using var reports = new ReportStream(proxy);
        await reports.SendAsync(new TrafficDelta { Direction = Direction.Inbound, Requests = 7, Successes = 7 });
        JsonObject next = await events.NextAsync(data => data["q"]!.GetValue<int>() == 0);
        Assert.Equal(7, Row(next)["requests"]!.GetValue<int>());
    }

    [Fact]
    public async Task Stream_QuestionWithoutAnswer_IsAnError()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        using Browser browser = await Browser.OpenAsync(mesh);
        using EventSource events = await EventSource.OpenAsync(browser, "namespaces/default/stat/deployments/nobody");
        (string name, JsonObject data) = (await events.NextAsync())!.Value;
        Assert.Equal("error", name);
        Assert.Equal((0, 404), (data["q"]!.GetValue<int>(), data["code"]!.GetValue<int>()));
        Assert.Contains("there is no deployment \"nobody\"", data.Text("message"));
    }

    [Theory]
    [InlineData("/api/stream", "a stream of what?")]
    [InlineData("/api/stream?q=", "is empty")]
    [InlineData("/api/stream?q=a&q=b&q=c", "2 questions at most")]
    [InlineData("/api/stream?q=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "40 characters at most")]
    [InlineData("/api/stream?q=namespaces%2Fd%2Ftap%2Fdeploy%2Fx", "has no end")]
    [InlineData("/api/stream?q=namespaces%2Fd%2F%2574ap%2Fdeploy%2Fx", "has no end")]
    public async Task Stream_CannotBeOpened_SaysWhy(string path, string message)
    {
        await using TestMesh mesh = await TestMesh.StartAsync(options => options with { Limits = new DashboardLimits { QuestionsPerStream = 2, QuestionLength = 40 } });
        using Browser browser = await Browser.OpenAsync(mesh);
        using HttpResponseMessage answer = await browser.SendAsync("GET", path);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(message, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Stream_SameQuestionOfTwo_IsAskedOnceASecondAndOnlyWhileSomebodyListens()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        using Browser browser = await Browser.OpenAsync(mesh);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        using (EventSource one = await EventSource.OpenAsync(browser, "proxies"), two = await EventSource.OpenAsync(browser, "proxies", "proxies"))
        {
            Assert.NotNull(await one.NextAsync());
            Assert.NotNull(await two.NextAsync());
            JsonObject busy = (await browser.GetAsync("/api/insight/status"))["dashboard"]!.AsObject();
            Assert.Equal((2, 1), (busy["streams"]!.GetValue<int>(), busy["questions"]!.GetValue<int>()));
            // At once, and then once a second.
            Assert.InRange(busy["evaluations"]!.GetValue<long>(), 1, (long)watch.Elapsed.TotalSeconds + 2);
        }
        await Tulle.Testing.Eventually.TrueAsync(
            async () => (await browser.GetAsync("/api/insight/status"))["dashboard"]!.AsObject() is { } idle && idle["streams"]!.GetValue<int>() == 0 && idle["questions"]!.GetValue<int>() == 0,
            TestMesh.Patience, "nobody listens and nothing is asked");
    }

    [Fact]
    public async Task Stream_TooMany_OneIsRefusedUntilAnotherEnds()
    {
        await using TestMesh mesh = await TestMesh.StartAsync(options => options with { Limits = new DashboardLimits { Streams = 2 } });
        using Browser browser = await Browser.OpenAsync(mesh);
        using EventSource kept = await EventSource.OpenAsync(browser, "proxies");
        using (await EventSource.OpenAsync(browser, "proxies"))
        {
            using HttpResponseMessage refused = await browser.SendAsync("GET", "/api/stream?q=proxies");
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
            Assert.NotNull(refused.Headers.RetryAfter);
        }
        await Tulle.Testing.Eventually.TrueAsync(
            async () =>
            {
                using HttpResponseMessage again = await browser.SendAsync("GET", "/api/stream?q=proxies");
                return again.IsSuccessStatusCode;
            },
            TestMesh.Patience, "a stream may be opened again");
    }

    [Fact]
    public async Task Stream_AnswerBeyondTheLimit_IsAnError()
    {
        await using TestMesh mesh = await TestMesh.StartAsync(options => options with { Limits = new DashboardLimits { AnswerBytes = 10 } });
        await mesh.AddServiceAsync("users", "127.64.0.2");
        using Browser browser = await Browser.OpenAsync(mesh);
        using EventSource events = await EventSource.OpenAsync(browser, "stat/deployments");
        Assert.Equal(413, (await events.NextAsync())!.Value.Data["code"]!.GetValue<int>());
    }

    [Fact]
    public async Task Stream_ControlPlaneStops_Ends()
    {
        TestMesh mesh = await TestMesh.StartAsync();
        using Browser browser = await Browser.OpenAsync(mesh);
        using EventSource events = await EventSource.OpenAsync(browser, "proxies");
        Assert.NotNull(await events.NextAsync());
        await mesh.DisposeAsync();
        Assert.Null(await events.NextAsync());
    }

    private static JsonObject Row(JsonObject update) => update["body"]!["items"]![0]!.AsObject();
}
