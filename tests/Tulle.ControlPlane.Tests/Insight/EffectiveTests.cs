using System.Text.Json.Nodes;
using Tulle.ControlPlane.Tests.Hosting;
using Tulle.Kubernetes;
using Tulle.Testing;

namespace Tulle.ControlPlane.Tests.Insight;

/// <summary><c>effective</c>: what holds for a service, and why.</summary>
public sealed class EffectiveTests
{
    [Fact]
    public async Task Decisions_EveryDialect_SayWhatComesFirst()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        await mesh.ApplyAsync("""
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: { name: canary }
            spec:
              hosts: [users]
              http:
              - { match: [{ sourceNamespace: elsewhere }], route: [{ destination: { host: users } }] }
              - { route: [{ destination: { host: users } }], timeout: 2s }
              - { match: [{ uri: { prefix: /late } }], route: [{ destination: { host: users } }] }
            ---
            {apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: wild}, spec: {hosts: ["*.default.svc.cluster.local"], http: [{route: [{destination: {host: users}}]}]}}
            ---
            {apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: edge}, spec: {hosts: [users], gateways: [ingress], http: [{route: [{destination: {host: users}}]}]}}
            ---
            {apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: hidden, namespace: kube-system}, spec: {hosts: [users.default.svc.cluster.local], exportTo: ["."], http: [{route: [{destination: {host: users}}]}]}}
            ---
            {apiVersion: split.smi-spec.io/v1alpha1, kind: TrafficSplit, metadata: {name: split}, spec: {service: users, backends: [{service: users, weight: 1}]}}
            ---
            {apiVersion: linkerd.io/v1alpha2, kind: ServiceProfile, metadata: {name: users.default.svc.cluster.local}, spec: {routes: [{name: r, condition: {method: GET}, timeout: 1s}]}}
            ---
            {apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: {name: rule}, spec: {host: users, trafficPolicy: {outlierDetection: {}}}}
            ---
            {apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: {name: rule, namespace: kube-system}, spec: {host: users.default.svc.cluster.local}}
            ---
            {apiVersion: security.istio.io/v1, kind: PeerAuthentication, metadata: {name: strict}, spec: {mtls: {mode: STRICT}}}
            ---
            {apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: route}, spec: {parentRefs: [{group: "", kind: Service, name: users, port: 80}], rules: [{backendRefs: [{name: users, port: 80}]}]}}
            """);
        JsonObject answer = await AskAsync(mesh, "users", answer => answer["decisions"]!.AsArray().Count >= 12);

        AssertDecision(answer, "VirtualService default/canary", null, applied: true, "the service is a host of it");
        AssertDecision(answer, "VirtualService default/canary", "0", applied: false, "its matches are for other clients or ports, by sourceNamespace");
        AssertDecision(answer, "VirtualService default/canary", "2", applied: false, "rule 1 before it takes every request");
        AssertDecision(answer, "VirtualService default/wild", null, applied: false, "VirtualService default/canary has a host that names the service more exactly");
        AssertDecision(answer, "VirtualService default/edge", null, applied: false, "it is for requests through ingress");
        AssertDecision(answer, "VirtualService kube-system/hidden", null, applied: false, "spec.exportTo does not name namespace default");
        AssertDecision(answer, "TrafficSplit default/split", null, applied: false, "VirtualService default/canary routes the service");
        AssertDecision(answer, "ServiceProfile default/users.default.svc.cluster.local", null, applied: true, "only the names of routes are used");
        AssertDecision(answer, "DestinationRule default/rule", null, applied: true, "its host is users.default");
        AssertDecision(answer, "DestinationRule kube-system/rule", null, applied: false, "neither in the client's namespace");
        AssertDecision(answer, "PeerAuthentication default/strict", null, applied: true, "the whole namespace");
        AssertDecision(answer, "HTTPRoute default/route", null, applied: false, "has no effect in this version");
        JsonNode route = answer["ports"]![0]!["routes"]!.AsArray().Single()!;
        Assert.Equal(("every request", 2000), (route.Text("matches"), route["timeouts"]!["requestMs"]!.GetValue<int>()));
        JsonNode backend = answer["backends"]!.AsArray().Single()!;
        Assert.Equal(("users.default:80", 1, "strict"), (backend.Text("name"), backend["endpoints"]!.GetValue<int>(), backend.Text("mtls")));
        Assert.Contains(answer["warnings"]!.AsArray(), warning => warning!["object"].Text("name") == "edge");
    }

    [Fact]
    public async Task Decisions_TwoOfAKind_TheOldestDecides()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        await mesh.ApplyAsync("""
            {apiVersion: split.smi-spec.io/v1alpha1, kind: TrafficSplit, metadata: {name: a}, spec: {service: users, backends: [{service: users, weight: 1}]}}
            ---
            {apiVersion: split.smi-spec.io/v1alpha1, kind: TrafficSplit, metadata: {name: b}, spec: {service: users, backends: [{service: users, weight: 1}, {service: none, weight: 3}]}}
            """);
        // Of objects of one second the name decides.
        JsonObject answer = await AskAsync(mesh, "users", answer => answer["decisions"]!.AsArray().Count >= 2);
        AssertDecision(answer, "TrafficSplit default/a", null, applied: true, "it divides the requests");
        AssertDecision(answer, "TrafficSplit default/b", null, applied: false, "TrafficSplit default/a divides the same service and is older");
        Assert.Equal("TrafficSplit", answer["ports"]![0]!["routes"]![0]!["object"].Text("kind"));
    }

    [Fact]
    public async Task Client_OfAnotherNamespace_SeesWhatHoldsForIt()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        await mesh.AddServiceAsync("web", "127.64.0.3");
        await mesh.ApplyAsync("""
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: { name: users }
            spec:
              hosts: [users]
              http:
              - { match: [{ sourceLabels: { app: web } }], route: [{ destination: { host: users } }], timeout: 1s }
              - { match: [{ sourceNamespace: kube-system }], route: [{ destination: { host: users } }], timeout: 2s }
              - { route: [{ destination: { host: users } }], timeout: 3s }
            """);
        foreach ((string query, int timeout, string? workload) in ((string, int, string?)[])[("", 3000, null), ("?from=deploy/web", 1000, "deployment/web"), ("?from=ns/kube-system", 2000, null)])
        {
            JsonObject answer = await AskAsync(mesh, $"users{query}", answer => Timeout(answer) == timeout);
            Assert.Equal(workload, answer["client"].Text("workload"));
        }
        ApiStatusException error = await Assert.ThrowsAsync<ApiStatusException>(() => mesh.Client.GetRawAsync("/apis/insight.tulle.dev/v1/namespaces/default/effective/services/users?from=deploy/nobody"));
        Assert.Contains("no pod belongs to deployment/nobody", error.Message);
    }

    [Theory]
    [InlineData("/effective", "effective of what?")]
    [InlineData("/namespaces/default/effective/deployments/users", "effective of what?")]
    [InlineData("/namespaces/default/effective/services/nobody", "there is no service \"nobody\" in namespace \"default\"")]
    public async Task Question_NamesNoService_SaysSo(string path, string message)
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        ApiStatusException error = await Assert.ThrowsAsync<ApiStatusException>(() => mesh.Client.GetRawAsync($"/apis/insight.tulle.dev/v1{path}"));
        Assert.Equal(404, error.Code);
        Assert.Contains(message, error.Message);
    }

    private static int? Timeout(JsonObject answer) => answer["ports"]![0]!["routes"]![0]!["timeouts"]?["requestMs"]?.GetValue<int>();

    private static void AssertDecision(JsonObject answer, string of, string? rule, bool applied, string why)
    {
        JsonNode? decision = answer["decisions"]!.AsArray().FirstOrDefault(decision =>
            $"{decision!["object"].Text("kind")} {decision["object"].Text("namespace")}/{decision["object"].Text("name")}" == of && decision.Text("rule") == rule);
        Assert.True(decision is not null, $"{of} {rule}: nothing was decided in {answer["decisions"]!.ToJsonString()}");
        Assert.Contains(why, decision.Text("why"));
        Assert.Equal(applied, decision["applied"]!.GetValue<bool>());
    }

    private static async Task<JsonObject> AskAsync(TestMesh mesh, string service, Func<JsonObject, bool> until)
    {
        JsonObject answer = [];
        await Eventually.TrueAsync(
            async () => until(answer = await mesh.Client.GetRawAsync($"/apis/insight.tulle.dev/v1/namespaces/default/effective/services/{service}")),
            TestMesh.Patience, $"{service} is as it should be", () => answer.ToJsonString());
        return answer;
    }
}
