using System.Text.Json.Nodes;
using Tulle.ControlPlane.Tests.Hosting;
using Tulle.Kubernetes;

namespace Tulle.ControlPlane.Tests.Dashboard;

/// <summary><c>/api/session</c> and <c>/api/insight</c>.</summary>
public sealed class SessionTests
{
    [Fact]
    public async Task Session_NamesTheMesh()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        using Browser browser = await Browser.OpenAsync(mesh);
        JsonObject answer = await browser.GetAsync("/api/session");
        Assert.Equal(("test", "cluster.local", true), (answer.Text("mesh"), answer.Text("trustDomain"), answer["local"]!.GetValue<bool>()));
        Assert.NotEmpty(answer.Text("version")!);
        Assert.Contains("default", answer["namespaces"]!.AsArray().Select(name => name!.GetValue<string>()));
    }

    [Fact]
    public async Task Insight_AnswersAsTheApiServerDoes()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        using Browser browser = await Browser.OpenAsync(mesh);
        JsonObject own = await mesh.Client.GetRawAsync("/apis/insight.tulle.dev/v1/namespaces/default/stat/deployments?window=1m");
        Assert.True(JsonNode.DeepEquals(own, await browser.GetAsync("/api/insight/namespaces/default/stat/deployments?window=1m")));
        using HttpResponseMessage missing = await browser.SendAsync("GET", "/api/insight/stat/deployments/nobody");
        Assert.Equal(404, (int)missing.StatusCode);
        using HttpResponseMessage posted = await browser.SendAsync("POST", "/api/insight/stat/deployments", "{}");
        Assert.Equal(405, (int)posted.StatusCode);
    }

    [Fact]
    public async Task Tap_ControlPlaneStops_Ends()
    {
        TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        using Browser browser = await Browser.OpenAsync(mesh);
        using HttpResponseMessage tap = await browser.SendAsync("GET", "/api/insight/namespaces/default/tap/deployments/users");
        await using Stream lines = await tap.Content.ReadAsStreamAsync();
        await mesh.DisposeAsync();
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            // Cut off: a tap has no end of its own.
            if (await lines.ReadAsync(new byte[1]).AsTask().WaitAsync(TestMesh.Patience) == 0) throw new IOException("ended");
        });
    }
}
