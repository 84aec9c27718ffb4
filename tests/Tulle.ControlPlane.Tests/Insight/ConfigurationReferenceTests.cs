using System.Text.Json.Nodes;
using Tulle.ControlPlane.Tests.Hosting;
using Tulle.Kubernetes;
using Tulle.Testing;

namespace Tulle.ControlPlane.Tests.Insight;

/// <summary>docs/reference/insight-api.md shows what is said of configuration as it is.</summary>
public sealed class ConfigurationReferenceTests
{
    private const string Everything = """
        apiVersion: v1
        kind: Service
        metadata: { name: users, annotations: { tulle.dev/health-check-path: /healthz } }
        spec: { selector: { app: users }, ports: [{ name: http, port: 80, targetPort: 8080 }] }
        ---
        apiVersion: linkerd.io/v1alpha2
        kind: ServiceProfile
        metadata: { name: users.default.svc.cluster.local }
        spec: { routes: [{ name: "GET /users/{id}", condition: { method: GET, pathRegex: "/users/[^/]*" } }] }
        ---
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: { name: users }
        spec:
          host: users
          trafficPolicy:
            loadBalancer: { consistentHash: { httpHeaderName: x-user } }
            connectionPool:
              tcp: { maxConnections: 100, connectTimeout: 1s }
              http: { http1MaxPendingRequests: 10, http2MaxRequests: 50, maxRetries: 3 }
            outlierDetection: { consecutive5xxErrors: 5, maxEjectionPercent: 50 }
          subsets: [{ name: v2, labels: { version: v2 } }]
        ---
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: { name: users, annotations: { tulle.dev/rate-limit: "100", tulle.dev/rate-limit-burst: "10" } }
        spec:
          hosts: [users]
          http:
          - match: [{ uri: { prefix: /users }, headers: { x-canary: { exact: "yes" } } }]
            route: [{ destination: { host: users, subset: v2 } }]
            mirrors: [{ destination: { host: users, subset: v2 }, percentage: { value: 10 } }]
            timeout: 3s
            retries: { attempts: 2, perTryTimeout: 1s, retryOn: "5xx,429" }
            fault: { delay: { fixedDelay: 500ms, percentage: { value: 10 } }, abort: { httpStatus: 503, percentage: { value: 5 } } }
            headers: { request: { set: { x-version: v2 } } }
          - route: [{ destination: { host: users, subset: v3 } }]
          tcp: [{ route: [{ destination: { host: users, subset: v2 } }] }]
        """;

    [Fact]
    public async Task Effective_HasTheFieldsOfAnAnswer()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        await mesh.Client.PatchAsync(ResourcePath.Of("", "v1", "pods", "default", "users-0"), PatchKind.Merge, JsonNode.Parse("""{"metadata":{"labels":{"version":"v2"}}}""")!);
        await mesh.ApplyAsync(Everything);
        await mesh.SetEndpointsAsync("users", "127.64.0.2");
        JsonObject answer = [];
        await Eventually.TrueAsync(
            async () =>
            {
                answer = await mesh.Client.GetRawAsync("/apis/insight.tulle.dev/v1/namespaces/default/effective/services/users");
                return answer["ports"]![0]!["routes"]!.AsArray().Count == 2 && answer["ports"]![0]!["namedRoutes"]!.AsArray().Count > 2
                    && answer["backends"]!.AsArray() is [{ } backend, ..] && backend["outlierDetection"] is not null && backend["healthCheck"] is not null && backend["mtls"] is not null;
            },
            TestMesh.Patience, "everything is in effect", () => answer.ToJsonString());
        Assert.Equal(ReferenceTests.Shape(ReferenceTests.Example("effective")), ReferenceTests.Shape(answer));
    }

    [Fact]
    public async Task Configuration_HasTheFieldsOfAnAnswer()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.ApplyAsync("""{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: users}, spec: {hosts: [users], http: [{route: [{destination: {host: users}}]}]}}""");
        JsonObject answer = [];
        await Eventually.TrueAsync(
            async () =>
            {
                answer = await mesh.Client.GetRawAsync("/apis/insight.tulle.dev/v1/configuration");
                return answer["items"]!.AsArray() is [{ } item] && item["findings"]!.AsArray().Count > 0;
            },
            TestMesh.Patience, "the object is listed", () => answer.ToJsonString());
        Assert.Equal(ReferenceTests.Shape(ReferenceTests.Example("configuration")), ReferenceTests.Shape(answer));
    }
}
