using System.Net;
using System.Text.Json.Nodes;
using Tulle.ApiServer.Storage;
using Tulle.ApiServer.Tests.Testing;

namespace Tulle.ApiServer.Tests.Verbs;

public sealed class ListTests
{
    [Fact]
    public async Task List_InPages_ShowsOneMomentWhateverIsWrittenBetween()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        for (int i = 0; i < 10; i++) await host.PostAsync(Samples.ConfigMaps, Samples.ConfigMap($"n{i}"));
        JsonObject first = await host.GetAsync(Samples.ConfigMaps + "?limit=4");
        Assert.Equal(6, first["metadata"]!["remainingItemCount"]!.GetValue<int>());
        await host.DeleteAsync(Samples.ConfigMaps + "/n5");
        await host.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("n55"));
        await host.PatchAsync(Samples.ConfigMaps + "/n9", """{"data":{"value":"changed"}}""", Samples.MergePatch);

        List<string> names = [.. Names(first)];
        JsonObject page = first;
        while (page["metadata"]!["continue"]?.GetValue<string>() is { } token)
        {
            page = await host.GetAsync($"{Samples.ConfigMaps}?limit=4&continue={token}");
            Assert.Equal(first["metadata"]!["resourceVersion"]!.GetValue<string>(), page["metadata"]!["resourceVersion"]!.GetValue<string>());
            names.AddRange(Names(page));
        }
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"n{i}"), names);
        Assert.Equal("1", page["items"]!.AsArray()[^1]!["data"]!["value"]!.GetValue<string>());
    }

    [Fact]
    public async Task List_ContinueAfterCompaction_IsGone()
    {
        await using ApiHost host = await ApiHost.StartAsync(new StoreLimits { KeptChanges = 10 });
        for (int i = 0; i < 3; i++) await host.PostAsync(Samples.ConfigMaps, Samples.ConfigMap($"n{i}"));
        string token = (await host.GetAsync(Samples.ConfigMaps + "?limit=1"))["metadata"]!["continue"]!.GetValue<string>();
        for (int i = 0; i < 40; i++) await host.PatchAsync(Samples.ConfigMaps + "/n0", $$$"""{"data":{"value":"{{{i}}}x"}}""", Samples.MergePatch);
        (HttpStatusCode status, JsonObject body) = await host.SendAsync(HttpMethod.Get, $"{Samples.ConfigMaps}?limit=1&continue={token}");
        Assert.Equal(HttpStatusCode.Gone, status);
        Assert.Equal("Expired", body["reason"]!.GetValue<string>());
    }

    [Fact]
    public async Task List_ForeignContinue_IsBadRequest()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        Assert.Equal(HttpStatusCode.BadRequest, (await host.SendAsync(HttpMethod.Get, Samples.ConfigMaps + "?limit=1&continue=abc")).Status);
    }

    [Fact]
    public async Task List_BySelectorsAndAcrossNamespaces_FindsMatches()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        await host.PostAsync("/api/v1/namespaces", """{"metadata":{"name":"shop"}}""");
        await host.PostAsync(Samples.ConfigMaps, Samples.ConfigMap("a", labels: """{"app":"x"}"""));
        await host.PostAsync("/api/v1/namespaces/shop/configmaps", Samples.ConfigMap("b", labels: """{"app":"x"}"""));
        await host.PostAsync("/api/v1/namespaces/shop/configmaps", Samples.ConfigMap("c"));
        Assert.Equal(["a", "b"], Names(await host.GetAsync("/api/v1/configmaps?labelSelector=app%3Dx")));
        Assert.Equal(["c"], Names(await host.GetAsync("/api/v1/configmaps?fieldSelector=metadata.name%3Dc")));
        Assert.Equal(["b", "c"], Names(await host.GetAsync("/api/v1/configmaps?fieldSelector=metadata.namespace%3Dshop")));
    }

    [Fact]
    public async Task List_ThousandObjects_TakesLessThanAFifthOfASecond()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => host.PostAsync(Samples.ConfigMaps, Samples.ConfigMap($"n{i}"))));
        await host.GetAsync(Samples.ConfigMaps);
        TimeSpan best = TimeSpan.MaxValue;
        for (int i = 0; i < 5; i++)
        {
            long start = TimeProvider.System.GetTimestamp();
            JsonObject list = await host.GetAsync(Samples.ConfigMaps);
            TimeSpan taken = TimeProvider.System.GetElapsedTime(start);
            Assert.Equal(1000, list["items"]!.AsArray().Count);
            if (taken < best) best = taken;
        }
        // The goal is 100 ms; twice that on a machine that does other things at the same time.
        Assert.True(best < TimeSpan.FromMilliseconds(200), $"a list of 1,000 objects took {best.TotalMilliseconds:F0} ms");
    }

    private static IEnumerable<string> Names(JsonObject list) => list["items"]!.AsArray().Select(item => item!["metadata"]!["name"]!.GetValue<string>());
}
