using System.Net;
using Tulle.EndToEnd.Tests.Matrix;
using Tulle.EndToEnd.Tests.Mesh;
using Tulle.Testing;

[assembly: AssemblyFixture(typeof(EchoMesh))]

namespace Tulle.EndToEnd.Tests.Mesh;

/// <summary>
/// The mesh that most scenarios share: a client, user-service in two versions of two replicas each, and talker, which speaks gRPC, in two
/// replicas. A scenario leaves it as it found it.
/// </summary>
public sealed class EchoMesh : IAsyncLifetime
{
    private static readonly int TalkerPort = FreePort.Next();

    private static readonly string Compose = $$"""
        name: echo
        services:
          client:
            command: python3 {{App}}
            ports: ["80"]
            x-tulle: { upstreams: ["127.0.0.1:{{TalkerPort}}=talker:80"] }
          user-service-v1:
            command: python3 {{App}}
            ports: ["80"]
            environment: { VERSION: v1 }
            labels: { app: user-service, version: v1 }
            deploy: { replicas: 2 }
            x-tulle: { redact_headers: [x-session] }
          user-service-v2:
            command: python3 {{App}}
            ports: ["80"]
            environment: { VERSION: v2 }
            labels: { app: user-service, version: v2 }
            deploy: { replicas: 2 }
          talker:
            command: node {{NodeServer.Script("server.js")}}
            ports: ["80"]
            deploy: { replicas: 2 }

        """;

    // One scenario asks for the metrics that boards made for Istio key on, another that a header stays in the sidecars.
    public MeshProcess Mesh { get; } = new(Compose) { UpArguments = ["--metrics-compat", "istio", "--redact-headers", "x-tenant,x-none"] };

    public static string App => Path.Combine(AppContext.BaseDirectory, "Apps", "echo.py");

    /// <summary>Where the client reaches talker: gRPC with prior knowledge.</summary>
    public static IPEndPoint Talker => new(IPAddress.Loopback, TalkerPort);

    public MeshReplica Client => Mesh.Replicas("client")[0];

    public async ValueTask InitializeAsync() => await Mesh.StartAsync();

    public async ValueTask DisposeAsync() => await Mesh.DisposeAsync();

    /// <summary>A client inside the mesh: its requests leave through the client's sidecar.</summary>
    public LoadClient Load(string path = "/", string service = "user-service") => new($"http://{service}{path}", Client.Outbound);

    /// <summary>A client outside the mesh: plaintext straight to a replica's port.</summary>
    public LoadClient Outsider(MeshReplica replica) => new($"http://{replica.Address}:80/");

    /// <summary>Waits until a mesh without rules of its own serves both versions.</summary>
    public async Task SettleAsync() => await Eventually.TrueAsync(
        async () =>
        {
            await using LoadClient load = Load();
            IReadOnlyList<Sample> samples = await load.SendAsync(20, connections: 2);
            return samples.All(s => s.Status == 200) && samples.Select(s => s.Version).Distinct().Count() == 2;
        },
        Eventually.Patience, "both versions are served", Mesh.Show);
}
