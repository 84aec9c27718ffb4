using System.Net;
using System.Text.Json.Nodes;
using Tulle.ApiServer.Tests.Testing;

namespace Tulle.ApiServer.Tests.Authentication;

public sealed class TokenTests
{
    private const string Tokens = "/api/v1/namespaces/default/serviceaccounts/users/token";

    [Fact]
    public async Task TokenReview_TokenForItsAudience_NamesAccountAndPod()
    {
        await using ApiHost host = await StartWithAccountAsync();
        string token = await BoundTokenAsync(host);
        JsonObject status = await ReviewAsync(host, token, "tulle");
        Assert.True(status["authenticated"]!.GetValue<bool>());
        Assert.Equal("tulle", Assert.Single(status["audiences"]!.AsArray())!.GetValue<string>());
        JsonNode user = status["user"]!;
        Assert.Equal("system:serviceaccount:default:users", user["username"]!.GetValue<string>());
        Assert.Equal(["system:serviceaccounts", "system:serviceaccounts:default", "system:authenticated"],
            user["groups"]!.AsArray().Select(group => group!.GetValue<string>()));
        Assert.Equal("p", user["extra"]!["authentication.kubernetes.io/pod-name"]![0]!.GetValue<string>());
    }

    [Fact]
    public async Task TokenReview_OtherAudience_IsNotAuthenticated()
    {
        await using ApiHost host = await StartWithAccountAsync();
        Assert.False((await ReviewAsync(host, await BoundTokenAsync(host), "other"))["authenticated"]!.GetValue<bool>());
    }

    [Fact]
    public async Task TokenReview_PodDeleted_IsNotAuthenticated()
    {
        await using ApiHost host = await StartWithAccountAsync();
        string token = await BoundTokenAsync(host);
        await host.DeleteAsync(Samples.Pods + "/p");
        Assert.False((await ReviewAsync(host, token, "tulle"))["authenticated"]!.GetValue<bool>());
        // A new pod of the same name is another pod.
        await host.PostAsync(Samples.Pods, Samples.Pod("p", "users"));
        Assert.False((await ReviewAsync(host, token, "tulle"))["authenticated"]!.GetValue<bool>());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task TokenReview_AnyPartChanged_IsNotAuthenticated(int part)
    {
        await using ApiHost host = await StartWithAccountAsync();
        string[] parts = (await BoundTokenAsync(host)).Split('.');
        // Not the last character, whose low bits base64 does not use.
        parts[part] = (parts[part][4] == 'A' ? 'B' : 'A') is var other ? parts[part][..4] + other + parts[part][5..] : "";
        Assert.False((await ReviewAsync(host, string.Join('.', parts), "tulle"))["authenticated"]!.GetValue<bool>());
    }

    [Fact]
    public async Task TokenReview_AfterRestart_StillKnowsTheKey()
    {
        await using ApiHost host = await StartWithAccountAsync();
        string token = await BoundTokenAsync(host);
        await host.RestartAsync();
        Assert.True((await ReviewAsync(host, token, "tulle"))["authenticated"]!.GetValue<bool>());
    }

    [Fact]
    public async Task TokenReview_AfterItsEnd_IsNotAuthenticated()
    {
        var clock = new SettableClock();
        await using ApiHost host = await ApiHost.StartAsync(clock: clock);
        await host.PostAsync("/api/v1/namespaces/default/serviceaccounts", """{"metadata":{"name":"users"}}""");
        JsonObject answer = await host.PostAsync(Tokens, """{"spec":{"audiences":["tulle"],"expirationSeconds":600}}""");
        string token = answer["status"]!["token"]!.GetValue<string>();
        clock.Advance(TimeSpan.FromSeconds(599));
        Assert.True((await ReviewAsync(host, token, "tulle"))["authenticated"]!.GetValue<bool>());
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.False((await ReviewAsync(host, token, "tulle"))["authenticated"]!.GetValue<bool>());
    }

    [Theory]
    [InlineData("""{"spec":{"expirationSeconds":10}}""", "may not be less than 600")]
    [InlineData("""{"spec":{"boundObjectRef":{"kind":"Secret","name":"x"}}}""", "supported values: \\u0022Pod\\u0022")]
    [InlineData("""{"spec":{"boundObjectRef":{"kind":"Pod","name":"other"}}}""", "to a pod that runs as another")]
    public async Task TokenRequest_Bad_IsInvalid(string request, string part)
    {
        await using ApiHost host = await StartWithAccountAsync();
        await host.PostAsync(Samples.Pods, Samples.Pod("other"));
        (HttpStatusCode status, JsonObject body) = await host.SendAsync(HttpMethod.Post, Tokens, request);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains(part, body.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_WithoutOrWithBadToken_IsUnauthorized()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        using HttpClient anonymous = host.ClientFor(null);
        using HttpClient forged = host.ClientFor("not-a-token");
        Assert.Equal(HttpStatusCode.Unauthorized, (await anonymous.GetAsync("/api/v1/pods")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await forged.GetAsync("/api/v1/pods")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await anonymous.GetAsync("/healthz")).StatusCode);
        var body = (JsonObject)JsonNode.Parse(await (await forged.GetAsync("/api/v1/pods")).Content.ReadAsStringAsync())!;
        Assert.Equal("Status", body["kind"]!.GetValue<string>());
        Assert.Equal("Unauthorized", body["reason"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("default", HttpStatusCode.Forbidden)]
    [InlineData("tulle-system", HttpStatusCode.OK)]
    public async Task Request_WithServiceAccount_IsAllowedForTheControlPlaneOnly(string ns, HttpStatusCode expected)
    {
        await using ApiHost host = await ApiHost.StartAsync();
        await host.PostAsync($"/api/v1/namespaces/{ns}/serviceaccounts", """{"metadata":{"name":"robot"}}""");
        JsonObject answer = await host.PostAsync($"/api/v1/namespaces/{ns}/serviceaccounts/robot/token", "{}");
        using HttpClient client = host.ClientFor(answer["status"]!["token"]!.GetValue<string>());
        Assert.Equal(expected, (await client.GetAsync("/api/v1/secrets")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/apis")).StatusCode);
    }

    private static async Task<ApiHost> StartWithAccountAsync()
    {
        ApiHost host = await ApiHost.StartAsync();
        await host.PostAsync("/api/v1/namespaces/default/serviceaccounts", """{"metadata":{"name":"users"}}""");
        await host.PostAsync(Samples.Pods, Samples.Pod("p", "users"));
        return host;
    }

    private static async Task<string> BoundTokenAsync(ApiHost host)
    {
        JsonObject answer = await host.PostAsync(Tokens, """
            {"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest",
             "spec":{"audiences":["tulle"],"expirationSeconds":3600,"boundObjectRef":{"apiVersion":"v1","kind":"Pod","name":"p"}}}
            """);
        return answer["status"]!["token"]!.GetValue<string>();
    }

    private static async Task<JsonObject> ReviewAsync(ApiHost host, string token, string audience)
    {
        var review = new JsonObject { ["spec"] = new JsonObject { ["token"] = token, ["audiences"] = new JsonArray(audience) } };
        return (JsonObject)(await host.PostAsync("/apis/authentication.k8s.io/v1/tokenreviews", review.ToJsonString()))["status"]!;
    }

    private sealed class SettableClock : TimeProvider
    {
        private DateTimeOffset _now = DateTimeOffset.UtcNow;

        public void Advance(TimeSpan span) => _now += span;

        public override DateTimeOffset GetUtcNow() => _now;
    }
}
