using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Tulle.Kubernetes.Watching;

namespace Tulle.Kubernetes.Tests.Watching;

public sealed class ReflectorTests
{
    private static readonly ReflectorOptions Fast = new()
    {
        MinBackoff = TimeSpan.FromMilliseconds(1), MaxBackoff = TimeSpan.FromMilliseconds(5), MissingKindRetry = TimeSpan.FromMilliseconds(1),
    };

    [Fact]
    public async Task Run_ListAndWatch_DeliversInOrder()
    {
        var script = new Script();
        script.Lists.Enqueue(List("10", "a@1", "b@2"));
        script.Watches.Writer.TryWrite(Event("MODIFIED", "a@11") + Event("BOOKMARK", "@12") + Event("DELETED", "b@13") + Event("ADDED", "c@14"));
        await using Running running = await Running.StartAsync(script);
        Assert.Equal(["Added a@1", "Added b@2", "Synced", "Modified a@11", "Deleted b@13", "Added c@14"], await running.Handler.NextAsync(6));
        Assert.Equal("10", script.WatchedFrom.First());
    }

    [Fact]
    public async Task Run_WatchEnds_CarriesOnFromTheBookmark()
    {
        var script = new Script();
        script.Lists.Enqueue(List("10"));
        script.Watches.Writer.TryWrite(Event("BOOKMARK", "@99"));
        script.Watches.Writer.TryWrite(Event("ADDED", "a@100"));
        await using Running running = await Running.StartAsync(script);
        Assert.Equal(["Synced", "Added a@100"], await running.Handler.NextAsync(2));
        Assert.Equal(["10", "99"], script.WatchedFrom.Take(2));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_VersionIsGone_ListsAgainAndDeliversTheDifference(bool asEvent)
    {
        var script = new Script();
        script.Lists.Enqueue(List("10", "a@1", "b@2", "c@3"));
        script.Watches.Writer.TryWrite(asEvent
            ? """{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old"}}""" + "\n"
            : "410");
        script.Lists.Enqueue(List("20", "a@1", "b@12", "d@13"));
        await using Running running = await Running.StartAsync(script);
        await running.Handler.NextAsync(4);
        Assert.Equal(["Modified b@12", "Added d@13", "Deleted c@3", "Synced"], await running.Handler.NextAsync(4));
    }

    [Fact]
    public async Task Run_KindIsMissing_SyncsEmptyUntilItAppears()
    {
        var script = new Script();
        script.Lists.Enqueue("404");
        script.Lists.Enqueue(List("5", "a@1"));
        await using Running running = await Running.StartAsync(script);
        Assert.Equal(["Synced", "Added a@1", "Synced"], await running.Handler.NextAsync(3));
    }

    [Fact]
    public async Task Run_OnlyAnOlderVersionIsServed_WatchesThat()
    {
        var script = new Script();
        script.Lists.Enqueue("404");
        script.Lists.Enqueue(List("5", "a@1"));
        script.Watches.Writer.TryWrite(Event("ADDED", "b@6"));
        await using Running running = await Running.StartAsync(script, Fast with { Fallbacks = [ResourcePath.Of("", "v0", "configmaps")] });
        Assert.Equal(["Added a@1", "Synced", "Added b@6"], await running.Handler.NextAsync(3));
        Assert.Equal(["/api/v1/configmaps", "/api/v0/configmaps", "/api/v0/configmaps"], script.Paths.Take(3));
    }

    [Fact]
    public async Task Run_ServerFails_TriesAgain()
    {
        var script = new Script();
        script.Lists.Enqueue("500");
        script.Lists.Enqueue(List("5", "a@1"));
        script.Watches.Writer.TryWrite("{broken\n");
        script.Lists.Enqueue(List("6", "a@1"));
        script.Watches.Writer.TryWrite(Event("ADDED", "b@7"));
        await using Running running = await Running.StartAsync(script);
        Assert.Equal(["Failed", "Added a@1", "Synced", "Failed", "Synced", "Added b@7"], await running.Handler.NextAsync(6, failures: true));
    }

    [Fact]
    public async Task Run_ServerRestarts_DeliversWhatChangedMeanwhile()
    {
        var script = new Script();
        script.Lists.Enqueue(List("10", "a@1"));
        Running running = await Running.StartAsync(script);
        await using (running)
        {
            await running.Handler.NextAsync(2);
            await running.RestartServerAsync();
            script.Watches.Writer.TryWrite(Event("ADDED", "b@11"));
            Assert.Equal(["Added b@11"], await running.Handler.NextAsync(1));
            Assert.Equal(["10", "11"], script.WatchedFrom.Append("11").Distinct());
        }
    }

    [Fact]
    public async Task Read_EventWithoutEnd_IsRefused()
    {
        using var endless = new MemoryStream(new byte[WatchStream.MaxEventBytes + 70_000]);
        await Assert.ThrowsAsync<InvalidDataException>(async () =>
        {
            await foreach (var _ in WatchStream.ReadAsync(endless, CancellationToken.None)) Assert.Fail("there is no event");
        });
    }

    private static string List(string version, params string[] objects) =>
        $$"""{"kind":"ConfigMapList","apiVersion":"v1","metadata":{"resourceVersion":"{{version}}"},"items":[{{string.Join(',', objects.Select(Object))}}]}""";

    private static string Event(string type, string value) => $$"""{"type":"{{type}}","object":{{Object(value)}}}""" + "\n";

    private static string Object(string value)
    {
        string[] parts = value.Split('@');
        return $$$"""{"metadata":{"name":"{{{parts[0]}}}","namespace":"default","resourceVersion":"{{{parts[1]}}}"}}""";
    }

    /// <summary>Answers in order; a watch with nothing left to say stays open.</summary>
    private sealed class Script
    {
        public ConcurrentQueue<string> Lists { get; } = new();

        public Channel<string> Watches { get; } = Channel.CreateUnbounded<string>();

        public ConcurrentQueue<string> WatchedFrom { get; } = new();

        public ConcurrentQueue<string> Paths { get; } = new();

        public async Task AnswerAsync(HttpContext context)
        {
            Paths.Enqueue(context.Request.Path);
            bool watch = context.Request.Query["watch"] == "true";
            if (watch) WatchedFrom.Enqueue(context.Request.Query["resourceVersion"].ToString());
            string? answer;
            if (watch) answer = await Watches.Reader.ReadAsync(context.RequestAborted);
            else if (!Lists.TryDequeue(out answer)) answer = List("1000");
            if (int.TryParse(answer, out int code))
            {
                context.Response.StatusCode = code;
                await context.Response.WriteAsync($$"""{"kind":"Status","code":{{code}},"message":"as the script says"}""");
                return;
            }
            await context.Response.WriteAsync(answer);
        }
    }

    private sealed class Running : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Script _script;
        private ScriptedApi _api;
        private KubernetesClient? _client;
        private Task _run = Task.CompletedTask;

        private Running(Script script, ScriptedApi api) => (_script, _api) = (script, api);

        public RecordingHandler Handler { get; } = new();

        public static async Task<Running> StartAsync(Script script, ReflectorOptions? options = null)
        {
            var running = new Running(script, await ScriptedApi.StartAsync(script.AnswerAsync));
            running._client = new KubernetesClient(new KubernetesOptions { Server = running._api.Url });
            var reflector = new Reflector(
                running._client, ResourcePath.Of("", "v1", "configmaps"), running.Handler, options ?? Fast, TimeProvider.System, new Random(1));
            running._run = reflector.RunAsync(running._stop.Token);
            return running;
        }

        public async Task RestartServerAsync()
        {
            int port = _api.Url.Port;
            await _api.DisposeAsync();
            _api = await ScriptedApi.StartAsync(_script.AnswerAsync, port);
        }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _run;
            _client?.Dispose();
            await _api.DisposeAsync();
            _stop.Dispose();
        }
    }
}
