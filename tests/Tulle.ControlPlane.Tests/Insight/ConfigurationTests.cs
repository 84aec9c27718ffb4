using System.Text.Json.Nodes;
using Tulle.ControlPlane.Tests.Hosting;
using Tulle.Kubernetes;
using Tulle.Testing;

namespace Tulle.ControlPlane.Tests.Insight;

/// <summary><c>configuration</c>.</summary>
public sealed class ConfigurationTests
{
    [Fact]
    public async Task List_EveryKind_HasItsStatus()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        await mesh.ApplyAsync("""
            {apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: good}, spec: {hosts: [users], http: [{route: [{destination: {host: users}}]}]}}
            ---
            {apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: lost}, spec: {hosts: [nobody], http: [{route: [{destination: {host: nobody}}]}]}}
            ---
            {apiVersion: networking.istio.io/v1alpha3, kind: EnvoyFilter, metadata: {name: filter}, spec: {}}
            ---
            {apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: route}, spec: {parentRefs: [{group: "", kind: Service, name: users, port: 80}], rules: [{backendRefs: [{name: users, port: 80}]}]}}
            """);
        await mesh.Client.PatchAsync(ResourcePath.Of("", "v1", "services", "default", "users"), PatchKind.Merge, JsonNode.Parse("""{"metadata":{"annotations":{"retry.linkerd.io/limits":"1"}}}""")!);
        IReadOnlyDictionary<string, string> states = new Dictionary<string, string>();
        await Eventually.TrueAsync(
            async () => (states = await StatesAsync(mesh, "/configuration")).Count == 5 && states["VirtualService default/good"] == "ok" && states["VirtualService default/lost"] == "warning",
            TestMesh.Patience, "all objects are listed", () => string.Join(", ", states));
        Assert.Equal("warning", states["VirtualService default/lost"]);
        Assert.Equal("notApplied", states["EnvoyFilter default/filter"]);
        Assert.Equal("notApplied", states["HTTPRoute default/route"]);
        Assert.Equal("warning", states["Service default/users"]);
        Assert.Empty(await StatesAsync(mesh, "/namespaces/kube-system/configuration"));
        Assert.Equal(5, (await StatesAsync(mesh, "/namespaces/default/configuration")).Count);
    }

    [Fact]
    public async Task List_ObjectChanges_FollowsIt()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.ApplyAsync("""{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: users}, spec: {hosts: [users], http: [{route: [{destination: {host: users}}]}]}}""");
        await Eventually.TrueAsync(async () => await StatesAsync(mesh, "/configuration") is { Count: 1 } states && states.Values.Single() == "warning", TestMesh.Patience, "the host is not known");
        await mesh.AddServiceAsync("users", "127.64.0.2");
        await Eventually.TrueAsync(async () => (await StatesAsync(mesh, "/configuration")).Values.Single() == "ok", TestMesh.Patience, "the host is known");
        await mesh.DeleteAsync("networking.istio.io", "virtualservices", "users");
        await Eventually.TrueAsync(async () => (await StatesAsync(mesh, "/configuration")).Count == 0, TestMesh.Patience, "the object is gone");
    }

    private static async Task<IReadOnlyDictionary<string, string>> StatesAsync(TestMesh mesh, string path)
    {
        JsonObject answer = await mesh.Client.GetRawAsync($"/apis/insight.tulle.dev/v1{path}");
        return answer["items"]!.AsArray().ToDictionary(item => $"{item.Text("kind")} {item.Text("namespace")}/{item.Text("name")}", item => item.Text("status")!);
    }
}
