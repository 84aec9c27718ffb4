using System.Text.Json.Nodes;
using Grpc.Core;
using Tulle.ControlPlane.Distribution;
using Tulle.ControlPlane.Tests.Hosting;
using Tulle.Kubernetes;
using Tulle.Protocol;
using Tulle.Testing;

namespace Tulle.ControlPlane.Tests.Distribution;

public sealed class DiscoveryTests
{
    private const string Canary = """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: users}
        spec: {hosts: [users], http: [{route: [{destination: {host: users}}]}]}
        """;

    [Fact]
    public async Task Stream_NewProxy_GetsTrustAndInboundFirst()
    {
        await using OneService scene = await OneService.StartAsync("users", "127.64.0.2");
        TestStream stream = scene.Stream;

        TrustBundle trust = (await stream.NextAsync()).Trust;
        Assert.Equal("cluster.local", trust.TrustDomain);
        Assert.StartsWith("-----BEGIN CERTIFICATE-----", Assert.Single(trust.AnchorsPem));
        InboundPolicy inbound = (await stream.NextAsync(response => response.Inbound?.Ports.Count > 0)).Inbound;
        Assert.Equal("deployment/users", inbound.Workload);
        Assert.Equal((8080u, "users"), (inbound.Ports[0].Port, inbound.Ports[0].Service.Name));
    }

    [Fact]
    public async Task Stream_EndpointsChange_SendsOnlyTheDelta()
    {
        await using OneService scene = await OneService.StartAsync("users", "127.64.0.2", "127.64.0.3");
        (TestMesh mesh, TestStream stream) = scene;
        await stream.SubscribeAsync("users:80");
        await stream.NextAsync(response => response.Destination?.Backends.FirstOrDefault()?.Endpoints.Count == 2);

        await mesh.AddPodAsync("users", "users-1b", "127.64.0.4");
        await mesh.ApplyAsync("""
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: users-1, labels: {kubernetes.io/service-name: users}}
            addressType: IPv4
            ports: [{name: http, port: 8080}]
            endpoints:
            - {addresses: [127.64.0.2], targetRef: {kind: Pod, name: users-0}}
            - {addresses: [127.64.0.4], targetRef: {kind: Pod, name: users-1b}}
            """);
        EndpointUpdate update = (await stream.NextAsync(response => response.Endpoints is not null)).Endpoints;

        Assert.Equal(("users:80", "users.default:80"), (update.Authority, update.Backend));
        Assert.Equal(["127.64.0.3:8080"], update.Removed);
        Endpoint added = Assert.Single(update.Upserted);
        Assert.Equal(("127.64.0.4", "users-1b", "spiffe://cluster.local/ns/default/sa/users"), (added.Address, added.Pod, added.Identity));
    }

    [Fact]
    public async Task Stream_RuleComesAndGoes_SendsWholeDestination()
    {
        await using OneService scene = await OneService.StartAsync("users", "127.64.0.2");
        (TestMesh mesh, TestStream stream) = scene;
        await stream.SubscribeAsync("users:80");
        Destination first = (await stream.NextAsync(response => response.Destination is not null)).Destination;
        Assert.Equal("default", first.Routes[0].Name);

        await mesh.ApplyAsync(Canary);
        Destination ruled = (await stream.NextAsync(response => response.Destination is not null)).Destination;
        Assert.Equal("VirtualService/default/users#0", ruled.Routes[0].Name);
        Assert.True(ruled.Version > first.Version);

        await mesh.DeleteAsync("networking.istio.io", "virtualservices", "users");
        Assert.Equal("default", (await stream.NextAsync(response => response.Destination is not null)).Destination.Routes[0].Name);
    }

    [Fact]
    public async Task Stream_TrafficPolicyApplied_ReachesTheProxy()
    {
        await using OneService scene = await OneService.StartAsync("user-service", "127.64.0.2");
        (TestMesh mesh, TestStream stream) = scene;
        await stream.SubscribeAsync("user-service:80");
        await stream.NextAsync(response => response.Destination is not null);

        await mesh.ApplyAsync(File.ReadAllText(RepositoryFolder.PathOf("samples", "seed", "destinationrule-circuit-breaking.yaml")));
        Destination limited = (await stream.NextAsync(response => response.Destination is not null)).Destination;
        Assert.Equal((100u, 50u, 2u), (limited.Backends[0].ConnectionPool.MaxConnections, limited.Backends[0].ConnectionPool.MaxPendingRequests,
            limited.Backends[0].ConnectionPool.MaxRequestsPerConnection));
        Assert.Equal(5u, limited.Backends[0].OutlierDetection.Consecutive5Xx);

        await mesh.ApplyAsync(File.ReadAllText(RepositoryFolder.PathOf("samples", "seed", "virtualservice-timeout-retries.yaml")));
        Route route = (await stream.NextAsync(response => response.Destination is not null)).Destination.Routes[0];
        Assert.Equal((5_000, 3u, 2_000), (route.Timeouts.RequestMs, route.Retries.Limit, route.Retries.PerTryTimeoutMs));
    }

    [Fact]
    public async Task Stream_EndpointsOfTheZoneChange_SendsPrioritiesAsDelta()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.ApplyAsync("{apiVersion: v1, kind: Node, metadata: {name: n1, labels: {topology.kubernetes.io/zone: eu-a}}}");
        await mesh.AddServiceAsync("users", "127.64.0.2");
        await mesh.Client.PatchAsync(
            ResourcePath.Of("", "v1", "pods", "default", "users-0"), PatchKind.Merge, new JsonObject { ["spec"] = new JsonObject { ["nodeName"] = "n1" } });
        await mesh.ApplyAsync(Slice("{addresses: [127.64.0.11], zone: eu-a}", "{addresses: [127.64.0.12], zone: eu-b}"));
        using TestProxy proxy = await TestProxy.ConnectAsync(mesh, "users", "users-0");
        using TestStream stream = await TestStream.OpenAsync(proxy);
        await stream.SubscribeAsync("users:80");
        // The node's zone and the pod's node are heard of one after the other.
        await stream.NextAsync(response =>
        {
            IEnumerable<Endpoint> endpoints = response.Destination?.Backends[0].Endpoints ?? response.Endpoints?.Upserted ?? [];
            return endpoints.Any(endpoint => endpoint.Priority == 1);
        });

        // Three endpoints over there make the only one here too small a share.
        await mesh.ApplyAsync(Slice("{addresses: [127.64.0.11], zone: eu-a}", "{addresses: [127.64.0.12], zone: eu-b}", "{addresses: [127.64.0.13], zone: eu-b}"));
        EndpointUpdate update = (await stream.NextAsync(response => response.Endpoints is not null)).Endpoints;
        Assert.Equal([("127.64.0.12", 0u), ("127.64.0.13", 0u)], update.Upserted.Select(endpoint => (endpoint.Address, endpoint.Priority)));
        Assert.Empty(update.Removed);

        static string Slice(params string[] endpoints) =>
            "{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: users-1, labels: {kubernetes.io/service-name: users}}, addressType: IPv4, "
            + $"ports: [{{name: http, port: 8080}}], endpoints: [{string.Join(", ", endpoints)}]}}";
    }

    [Fact]
    public async Task Stream_RefusedVersion_IsReportedAndNextIsWhole()
    {
        await using OneService scene = await OneService.StartAsync("users", "127.64.0.2");
        (TestMesh mesh, TestStream stream) = scene;
        await stream.SubscribeAsync("users:80");
        Destination first = (await stream.NextAsync(response => response.Destination is not null)).Destination;
        await stream.AcknowledgeAsync("users:80", first.Version, "the regex is too long");
        await Eventually.TrueAsync(
            async () => (await mesh.Client.GetRawAsync("/apis/insight.tulle.dev/v1/proxies")).ToJsonString().Contains("the regex is too long"),
            TestMesh.Patience, "the refusal is shown");

        await mesh.AddPodAsync("users", "users-1", "127.64.0.3");
        await mesh.SetEndpointsAsync("users", "127.64.0.2", "127.64.0.3");
        DiscoveryResponse next = await stream.NextAsync(response => response.Destination is not null || response.Endpoints is not null);
        Assert.Equal(2, next.Destination?.Backends[0].Endpoints.Count);
    }

    [Fact]
    public async Task Stream_SubscribedTwice_AnswersOnce()
    {
        await using OneService scene = await OneService.StartAsync("users", "127.64.0.2");
        TestStream stream = scene.Stream;
        await stream.SubscribeAsync("users:80");
        await stream.SubscribeAsync("users:80");
        await stream.SubscribeAsync("nobody:80");
        await stream.NextAsync(response => response.Destination?.Authority == "users:80");
        DiscoveryResponse next = await stream.NextAsync(response => response.Destination is not null);
        Assert.Equal(("nobody:80", Resolution.NotFound), (next.Destination.Authority, next.Destination.Resolution));
    }

    [Fact]
    public async Task Stream_TooManyAuthorities_AnswersTheRestAsUnknown()
    {
        await using OneService scene = await OneService.StartAsync("users", "127.64.0.2");
        TestStream stream = scene.Stream;
        for (int i = 0; i < DiscoverySession.MaxSubscriptions; i++) await stream.SubscribeAsync($"made-up-{i}:80");
        await stream.SubscribeAsync("users:80");
        DiscoveryResponse refused = await stream.NextAsync(response => response.Destination?.Authority == "users:80");
        Assert.Equal(Resolution.NotFound, refused.Destination.Resolution);

        await stream.SendAsync(new DiscoveryRequest { Unsubscribe = new Unsubscribe { Authority = "made-up-1:80" } });
        await stream.SubscribeAsync("users:80");
        DiscoveryResponse taken = await stream.NextAsync(response => response.Destination?.Authority == "users:80");
        Assert.Equal(Resolution.Mesh, taken.Destination.Resolution);
    }

    [Fact]
    public async Task Stream_WithoutHello_IsRefused()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        using TestProxy proxy = await TestProxy.ConnectAsync(mesh, "users", "users-0");
        using var call = proxy.Discovery.Stream(proxy.Headers);
        await call.RequestStream.WriteAsync(new DiscoveryRequest { Subscribe = new Subscribe { Authority = "users" } });
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
    }

    [Fact]
    public async Task Stream_ApiServerRestarts_ChangesArriveAgain()
    {
        await using OneService scene = await OneService.StartAsync("users", "127.64.0.2");
        (TestMesh mesh, TestStream stream) = scene;
        await stream.SubscribeAsync("users:80");
        await stream.NextAsync(response => response.Destination is not null);

        await mesh.RestartApiAsync();
        await mesh.ApplyAsync(Canary);
        Destination ruled = (await stream.NextAsync(response => response.Destination is not null)).Destination;
        Assert.Equal("VirtualService/default/users#0", ruled.Routes[0].Name);
    }

    [Fact]
    public async Task Stream_ControlPlaneStops_EndsAndAnotherTakesOver()
    {
        await using TestMesh mesh = await TestMesh.StartAsync();
        await mesh.AddServiceAsync("users", "127.64.0.2");
        var second = await mesh.StartControlPlaneAsync();
        using TestProxy proxy = await TestProxy.ConnectAsync(mesh, "users", "users-0", second.Url);
        using TestStream stream = await TestStream.OpenAsync(proxy);
        await stream.NextAsync();
        await second.DisposeAsync();
        await Assert.ThrowsAsync<RpcException>(() => stream.NextAsync(_ => false));

        using TestProxy again = await TestProxy.ConnectAsync(mesh, "users", "users-0");
        using TestStream other = await TestStream.OpenAsync(again);
        await other.SubscribeAsync("users:80");
        Assert.Equal(Resolution.Mesh, (await other.NextAsync(response => response.Destination is not null)).Destination.Resolution);
    }
}
