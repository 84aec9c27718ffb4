using System.Text.Json.Nodes;
using Tulle.ControlPlane.Tests.Hosting;
using Tulle.Kubernetes;
using Tulle.Protocol;
using Tulle.Testing;
using static Tulle.ControlPlane.Tests.Insight.SpanSamples;

namespace Tulle.ControlPlane.Tests.Insight.Traces;

/// <summary>From proxies' streams to answers of the API.</summary>
public sealed class TracesApiTests
{
    private const string Api = "/apis/insight.tulle.dev/v1";

    [Fact]
    public async Task Spans_OfTwoProxies_AreOneTrace()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        await mesh.AddServiceAsync("web", "127.64.0.3");
        using TestProxy web = await TestProxy.ConnectAsync(mesh, "web", "web-0");
        using TestProxy users = await TestProxy.ConnectAsync(mesh, "users", "users-0");
        using ReportStream sent = new(web), received = new(users);
        // The server's span is here first.
        await received.SendSpansAsync([Span(2, 1, Direction.Inbound)], dropped: 4);
        await sent.SendSpansAsync([Span(1, 0, Direction.Outbound)]);

        JsonObject answer = await UntilAsync(mesh, "/namespaces/default/traces?service=users", found => found["items"]!.AsArray() is [{ } item] && item["spans"]!.GetValue<int>() == 2);
        JsonNode trace = answer["items"]![0]!;
        Assert.Equal(("web", "GET", true, "sampled"), ((string)trace["service"]!, (string)trace["name"]!, (bool)trace["complete"]!, (string)trace["kept"]!));
        Assert.Equal(4, (int)answer["dropped"]!["proxies"]!);
        Assert.Equal(2, (int)answer["stored"]!["spans"]!);

        JsonObject whole = await mesh.Client.GetRawAsync($"{Api}/traces/{trace["traceId"]}");
        Assert.Equal(
            ["0000000000000001 - 0 outbound client web deployment/web web-0", "0000000000000002 0000000000000001 1 inbound server users deployment/users users-0"],
            whole["spans"]!.AsArray().Select(s => $"{s!["spanId"]} {s["parentId"]?.ToString() ?? "-"} {s["depth"]} {s["source"]} {s["kind"]} {s["service"]} {s["workload"]} {s["pod"]}"));
        Assert.Equal("/users/7", (string)whole["spans"]![0]!["attributes"]!["url.path"]!);
    }

    [Fact]
    public async Task Unsampled_BeyondTheTailRules_AreCounted()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("web", "127.64.0.3");
        using TestProxy web = await TestProxy.ConnectAsync(mesh, "web", "web-0");
        using ReportStream stream = new(web);
        await stream.SendSpansAsync(Enumerable.Range(0, 500).Select(i =>
        {
            ProxySpan span = Span(1, 0, Direction.Outbound, i);
            (span.Sampled, span.Failed, span.Status) = (false, true, 500);
            return span;
        }));
        JsonObject answer = await UntilAsync(mesh, "/traces?limit=1000", found => (int)found["dropped"]!["rules"]! >= 480);
        Assert.InRange(answer["items"]!.AsArray().Count, 10, 20);
        Assert.All(answer["items"]!.AsArray(), item => Assert.Equal("error", (string)item!["kept"]!));
    }

    [Theory]
    [InlineData("/traces?minDuration=fast", "is no duration")]
    [InlineData("/traces?error=maybe", "neither true nor false")]
    [InlineData("/traces?status=6xx", "neither a status")]
    [InlineData("/traces?since=8d", "more than 7d")]
    [InlineData("/traces?since=yesterday", "is no time")]
    [InlineData("/traces?limit=0", "not between 1 and 1000")]
    [InlineData("/traces?tag==x", "has no name")]
    public async Task Question_ThatCannotBeUnderstood_IsRefusedInWords(string path, string expected)
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        ApiStatusException refused = await Assert.ThrowsAsync<ApiStatusException>(() => mesh.Client.GetRawAsync(Api + path));
        Assert.Equal(400, refused.Code);
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OneTrace_ByWhatLogsHave_IsFound()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("web", "127.64.0.3");
        using TestProxy web = await TestProxy.ConnectAsync(mesh, "web", "web-0");
        using ReportStream stream = new(web);
        ProxySpan span = Span(1, 0, Direction.Outbound);
        span.RequestId = "order/17-of-a-customer";
        await stream.SendSpansAsync([span]);
        JsonObject answer = await UntilAsync(mesh, "/traces", found => found["items"]!.AsArray().Count == 1);
        string id = (string)answer["items"]![0]!["traceId"]!;

        foreach (string known in (string[])[id, $"00-{id}-00f067aa0ba902b7-01", Guid.ParseExact(id, "N").ToString("D"), "order/17-of-a-customer"])
            Assert.Equal(id, (string)(await mesh.Client.GetRawAsync($"{Api}/namespaces/default/traces/{Uri.EscapeDataString(known)}"))["traceId"]!);
        foreach (string unknown in (string[])["xyz", Guid.Empty.ToString("D"), "order/18"])
            Assert.Equal(404, (await Assert.ThrowsAsync<ApiStatusException>(() => mesh.Client.GetRawAsync($"{Api}/traces/{Uri.EscapeDataString(unknown)}"))).Code);
    }

    [Fact]
    public async Task UnknownTrace_IsNotFound()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        ApiStatusException refused = await Assert.ThrowsAsync<ApiStatusException>(() => mesh.Client.GetRawAsync($"{Api}/traces/4bf92f3577b34da6a3ce929d0e0e4736"));
        Assert.Equal(404, refused.Code);
    }

    private static async Task<JsonObject> UntilAsync(TestMesh mesh, string path, Func<JsonObject, bool> isThere)
    {
        JsonObject answer = [];
        await Eventually.TrueAsync(
            async () =>
            {
                answer = await mesh.Client.GetRawAsync(Api + path);
                return isThere(answer);
            },
            TestMesh.Patience, $"{path} shows the spans", () => answer.ToJsonString());
        return answer;
    }
}
