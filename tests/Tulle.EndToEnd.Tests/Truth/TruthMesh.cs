using System.Diagnostics;
using System.Net;
using Grpc.Core;
using Grpc.Net.Client;
using Tulle.EndToEnd.Tests.EchoGrpc;
using Tulle.EndToEnd.Tests.Matrix;
using Tulle.EndToEnd.Tests.Mesh;
using Tulle.Testing;

namespace Tulle.EndToEnd.Tests.Truth;

/// <summary>A mesh that nobody else sends anything to, under a load of known shape, once.</summary>
public sealed class TruthMesh : IAsyncLifetime
{
    private const int Connections = 4;

    private readonly int _talkerPort = FreePort.Next();

    public TruthMesh() => Mesh = new MeshProcess($$"""
        name: truth
        services:
          client:
            command: python3 {{EchoMesh.App}}
            ports: ["80"]
            x-tulle: { upstreams: ["127.0.0.1:{{_talkerPort}}=talker:80"] }
          users:
            command: python3 {{EchoMesh.App}}
            ports: ["80"]
            deploy: { replicas: 2 }
          orders:
            command: python3 {{EchoMesh.App}}
            ports: ["80"]
          plain:
            command: python3 {{EchoMesh.App}}
            ports: ["80"]
            labels: { app: plain }
          talker:
            command: node {{NodeServer.Script("server.js")}}
            ports: ["80"]
        """);

    public MeshProcess Mesh { get; }

    internal TruthLedger Ledger { get; } = new();

    /// <summary>Requests to "plain" from outside of the mesh.</summary>
    public const int Strangers = 12;

    /// <summary>What "orders" takes at least, by how many requests: the shape of the latency.</summary>
    public static IReadOnlyList<(int Millis, int Requests)> Delays { get; } = [(20, 60), (120, 30), (400, 10)];

    public async ValueTask InitializeAsync()
    {
        await Mesh.StartAsync();
        string rules = Mesh.Write("rules.yaml", """
            apiVersion: linkerd.io/v1alpha2
            kind: ServiceProfile
            metadata: { name: users.default.svc.cluster.local }
            spec:
              routes:
                - { name: "GET /users/{id}", condition: { method: GET, pathRegex: "/users/.*" } }
                - { name: "GET /carts/{id}", condition: { method: GET, pathRegex: "/carts/.*" } }
            ---
            apiVersion: security.istio.io/v1
            kind: PeerAuthentication
            metadata: { name: plain }
            spec: { selector: { matchLabels: { app: plain } }, mtls: { mode: DISABLE } }
            ---
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: { name: orders }
            spec:
              hosts: [orders]
              http:
                - { match: [{ uri: { prefix: /void } }], route: [{ destination: { host: orders, subset: v9 } }] }
                - { route: [{ destination: { host: orders } }] }
            """);
        await Mesh.Kubectl.RunAsync("apply", "-f", rules);
        await RulesInForceAsync();
        await LoadAsync();
    }

    public ValueTask DisposeAsync() => Mesh.DisposeAsync();

    public MeshReplica Client => Mesh.Replicas("client")[0];

    // Asks the control plane, not the services: every request counts.
    private Task RulesInForceAsync() => Eventually.TrueAsync(
        async () => (await Mesh.TulleAsync("diagnose", "orders")).Output.Contains("missing-subset", StringComparison.Ordinal)
            && (await Mesh.AdminAsync(Mesh.Replicas("users")[0], "/config")).Contains("\"namedRoutes\": 2", StringComparison.Ordinal)
            && (await Mesh.AdminAsync(Mesh.Replicas("users")[1], "/config")).Contains("\"namedRoutes\": 2", StringComparison.Ordinal)
            && (await Mesh.AdminAsync(Mesh.Replicas("plain")[0], "/config")).Contains("\"disable\"", StringComparison.Ordinal),
        TimeSpan.FromSeconds(60), "the rules are in force", Mesh.Show);

    private async Task LoadAsync()
    {
        await HttpAsync("users", "GET /users/{id}", "/users/1", 200, 40);
        await HttpAsync("users", "GET /users/{id}", "/users/2", 404, 10);
        await HttpAsync("users", "GET /users/{id}", "/users/3", 503, 6);
        await HttpAsync("users", "GET /carts/{id}", "/carts/1", 200, 14);
        await HttpAsync("users", "GET /carts/{id}", "/carts/2", 500, 5);
        foreach ((int millis, int requests) in Delays) await HttpAsync("orders", "slow", $"/slow/{millis}", 200, requests);
        await HttpAsync("orders", "void", "/void", 200, 7);
        await HttpAsync("plain", "mesh", "/", 200, 30);
        await using (LoadClient stranger = new($"http://{Mesh.Replicas("plain")[0].Address}:80/", timeout: TimeSpan.FromSeconds(60)))
        {
            foreach (Sample sample in await stranger.SendAsync(Strangers, Connections)) Assert.Equal(200, sample.Status);
        }
        await GrpcAsync(StatusCode.OK, 12);
        await GrpcAsync(StatusCode.NotFound, 5);
        await GrpcAsync(StatusCode.Internal, 4);
        await GrpcAsync(StatusCode.Unavailable, 3);
    }

    private async Task HttpAsync(string service, string route, string path, int status, int requests)
    {
        await using LoadClient load = new($"http://{service}{path}", Client.Outbound, TimeSpan.FromSeconds(60));
        if (status != 200) load.Headers["x-behave"] = $"status={status}";
        foreach (Sample sample in await load.SendAsync(requests, Connections))
        {
            Assert.NotEqual(0, sample.Status);
            foreach (string key in (string[])[service, $"{service} {route}"]) Ledger.Add(key, sample.Status < 500, sample.Error is not null, sample.Took);
        }
    }

    private async Task GrpcAsync(StatusCode status, int requests)
    {
        using GrpcChannel channel = GrpcChannel.ForAddress($"http://{new IPEndPoint(IPAddress.Loopback, _talkerPort)}");
        var client = new Echo.EchoClient(channel);
        for (int i = 0; i < requests; i++)
        {
            long started = Stopwatch.GetTimestamp();
            StatusCode got = StatusCode.OK;
            try
            {
                await client.UnaryAsync(new Request { Text = "hello", FailWith = (int)status }, deadline: DateTime.UtcNow.AddSeconds(60));
            }
            catch (RpcException error)
            {
                got = error.StatusCode;
            }
            Assert.Equal(status, got);
            // Of gRPC's statuses these blame the server; NOT_FOUND is an answer.
            Ledger.Add("talker", status is not (StatusCode.Internal or StatusCode.Unavailable), meshError: false, Stopwatch.GetElapsedTime(started));
        }
    }
}
