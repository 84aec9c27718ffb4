using System.Text.Json.Nodes;
using Tulle.ApiServer.Storage;
using Tulle.ApiServer.Tests.Testing;

namespace Tulle.ApiServer.Tests.Verbs;

public sealed class WatchTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Watch_WithoutVersion_TellsPresentThenChanges()
    {
        using var limit = new CancellationTokenSource(Limit);
        await using ApiHost host = await ApiHost.StartAsync();
        await host.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("a"));
        await using WatchReader watch = await WatchReader.OpenAsync(host, Samples.ConfigMaps + "?watch=true");
        Assert.Equal("ADDED a", await watch.NextLineAsync(limit.Token));
        await host.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("b"));
        Assert.Equal("ADDED b", await watch.NextLineAsync(limit.Token));
        await host.PatchAsync(Samples.ConfigMaps + "/a", """{"data":{"value":"2"}}""", Samples.MergePatch);
        Assert.Equal("MODIFIED a", await watch.NextLineAsync(limit.Token));
        await host.DeleteAsync(Samples.ConfigMaps + "/a");
        Assert.Equal("DELETED a", await watch.NextLineAsync(limit.Token));
    }

    [Fact]
    public async Task Watch_FromListVersion_TellsOnlyWhatCameAfter()
    {
        using var limit = new CancellationTokenSource(Limit);
        await using ApiHost host = await ApiHost.StartAsync();
        await host.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("a"));
        string version = (await host.GetAsync(Samples.ConfigMaps))["metadata"]!["resourceVersion"]!.GetValue<string>();
        await host.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("b"));
        await using WatchReader watch = await WatchReader.OpenAsync(host, $"{Samples.ConfigMaps}?watch=1&resourceVersion={version}");
        Assert.Equal("ADDED b", await watch.NextLineAsync(limit.Token));
        await host.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("c"));
        Assert.Equal("ADDED c", await watch.NextLineAsync(limit.Token));
    }

    [Fact]
    public async Task Watch_AfterRestart_GoesOnFromAnOldVersion()
    {
        using var limit = new CancellationTokenSource(Limit);
        await using ApiHost host = await ApiHost.StartAsync();
        JsonObject a = await host.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("a"));
        await host.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("b"));
        await host.RestartAsync();
        await using WatchReader watch = await WatchReader.OpenAsync(host,
            $"{Samples.ConfigMaps}?watch=1&resourceVersion={a["metadata"]!["resourceVersion"]!.GetValue<string>()}");
        Assert.Equal("ADDED b", await watch.NextLineAsync(limit.Token));
    }

    [Fact]
    public async Task Watch_WithSelector_TellsComingAndGoing()
    {
        using var limit = new CancellationTokenSource(Limit);
        await using ApiHost host = await ApiHost.StartAsync();
        await using WatchReader watch = await WatchReader.OpenAsync(host, Samples.ConfigMaps + "?watch=1&labelSelector=app%3Dx");
        await host.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("other"));
        await host.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("a", labels: """{"app":"x"}"""));
        Assert.Equal("ADDED a", await watch.NextLineAsync(limit.Token));
        await host.PatchAsync(Samples.ConfigMaps + "/a", """{"metadata":{"labels":{"app":"y"}}}""", Samples.MergePatch);
        Assert.Equal("DELETED a", await watch.NextLineAsync(limit.Token));
        await host.PatchAsync(Samples.ConfigMaps + "/a", """{"metadata":{"labels":{"app":"x"}}}""", Samples.MergePatch);
        Assert.Equal("ADDED a", await watch.NextLineAsync(limit.Token));
    }

    [Fact]
    public async Task Watch_FromCompactedVersion_IsGone()
    {
        using var limit = new CancellationTokenSource(Limit);
        await using ApiHost host = await ApiHost.StartAsync(new StoreLimits { KeptChanges = 10 });
        await host.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("a"));
        for (int i = 0; i < 40; i++) await host.PatchAsync(Samples.ConfigMaps + "/a", $$$"""{"data":{"value":"{{{i}}}x"}}""", Samples.MergePatch);
        await using WatchReader watch = await WatchReader.OpenAsync(host, Samples.ConfigMaps + "?watch=1&resourceVersion=5");
        (string type, JsonObject status) = (await watch.NextAsync(limit.Token))!.Value;
        Assert.Equal("ERROR", type);
        Assert.Equal(410, status["code"]!.GetValue<int>());
        Assert.Equal("Expired", status["reason"]!.GetValue<string>());
        Assert.Null(await watch.NextAsync(limit.Token));
    }

    [Fact]
    public async Task Watch_NotRead_IsToldToListAgain()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await using ApiHost host = await ApiHost.StartAsync(new StoreLimits { WatchBuffer = 2 });
        await host.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("a"));
        await using WatchReader watch = await WatchReader.OpenAsync(host, Samples.ConfigMaps + "?watch=1");
        // Larger than what the sockets and pipes between them hold, so that the server must wait for the reader.
        string large = new('x', 500_000);
        for (int i = 0; i < 40; i++) await host.PatchAsync(Samples.ConfigMaps + "/a", $$$"""{"data":{"value":"{{{i}}}{{{large}}}"}}""", Samples.MergePatch);
        string last = "";
        for (var next = await watch.NextAsync(limit.Token); next is not null; next = await watch.NextAsync(limit.Token)) last = next.Value.Type;
        Assert.Equal("ERROR", last);
    }

    [Fact]
    public async Task Watch_WithBookmarks_EndsWithOneAtItsTimeout()
    {
        using var limit = new CancellationTokenSource(Limit);
        await using ApiHost host = await ApiHost.StartAsync();
        await using WatchReader watch = await WatchReader.OpenAsync(host, Samples.ConfigMaps + "?watch=1&allowWatchBookmarks=true&timeoutSeconds=1");
        await host.PostAsync(Samples.Pods, Samples.Pod("elsewhere"));
        (string type, JsonObject bookmark) = (await watch.NextAsync(limit.Token))!.Value;
        Assert.Equal("BOOKMARK", type);
        Assert.Equal("ConfigMap", bookmark["kind"]!.GetValue<string>());
        string now = (await host.GetAsync(Samples.ConfigMaps))["metadata"]!["resourceVersion"]!.GetValue<string>();
        Assert.Equal(now, bookmark["metadata"]!["resourceVersion"]!.GetValue<string>());
        Assert.Null(await watch.NextAsync(limit.Token));
    }

    [Fact]
    public async Task Watch_SendInitialEvents_MarksTheirEnd()
    {
        using var limit = new CancellationTokenSource(Limit);
        await using ApiHost host = await ApiHost.StartAsync();
        await host.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("a"));
        await using WatchReader watch = await WatchReader.OpenAsync(host,
            Samples.ConfigMaps + "?watch=1&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan");
        Assert.Equal("ADDED a", await watch.NextLineAsync(limit.Token));
        (string type, JsonObject bookmark) = (await watch.NextAsync(limit.Token))!.Value;
        Assert.Equal("BOOKMARK", type);
        Assert.Equal("true", bookmark["metadata"]!["annotations"]!["k8s.io/initial-events-end"]!.GetValue<string>());
    }

    [Fact]
    public async Task Watch_OnOneObject_TellsOnlyOfIt()
    {
        using var limit = new CancellationTokenSource(Limit);
        await using ApiHost host = await ApiHost.StartAsync();
        await using WatchReader watch = await WatchReader.OpenAsync(host, Samples.ConfigMaps + "?watch=1&fieldSelector=metadata.name%3Db");
        await host.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("a"));
        await host.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("b"));
        Assert.Equal("ADDED b", await watch.NextLineAsync(limit.Token));
    }
}
