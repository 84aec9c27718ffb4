using System.Net;
using Tulle.EndToEnd.Tests.Matrix;
using Tulle.EndToEnd.Tests.Mesh;
using Tulle.Testing;

namespace Tulle.EndToEnd.Tests.Soak;

/// <summary>A mesh with a service of every kind, and one client that reaches them all through its sidecar. The first replica of a service is killed
/// now and then and the last one replaced, so those that may suffer both have three.</summary>
internal sealed class SoakMesh : IAsyncDisposable
{
    public const string Echo = "http://user-service";

    private readonly int _talker = FreePort.Next();
    private readonly int _sockets = FreePort.Next();
    private readonly int _tcp = FreePort.Next();

    public SoakMesh() => Mesh = new MeshProcess($$"""
        name: soak
        services:
          client:
            command: python3 {{EchoMesh.App}}
            ports: ["80"]
            x-tulle: { upstreams: ["127.0.0.1:{{_talker}}=talker:80", "127.0.0.1:{{_sockets}}=sockets:80", "127.0.0.1:{{_tcp}}=lines:3306"] }
          user-service-v1:
            command: python3 {{EchoMesh.App}}
            ports: ["80"]
            environment: { VERSION: v1 }
            labels: { app: user-service, version: v1 }
            deploy: { replicas: 3 }
          user-service-v2:
            command: python3 {{EchoMesh.App}}
            ports: ["80"]
            environment: { VERSION: v2 }
            labels: { app: user-service, version: v2 }
            deploy: { replicas: 2 }
          talker:
            command: node {{NodeServer.Script("server.js")}}
            ports: ["80"]
            deploy: { replicas: 3 }
          sockets:
            command: python3 {{App}}
            ports: ["80"]
            environment: { MODE: websocket }
            deploy: { replicas: 2 }
          lines:
            command: python3 {{App}}
            ports: ["3306"]
            environment: { MODE: tcp }
            deploy: { replicas: 3 }

        """);

    public MeshProcess Mesh { get; }

    public MeshReplica Client => Mesh.Replicas("client")[0];

    public IPEndPoint Talker => new(IPAddress.Loopback, _talker);

    public IPEndPoint Sockets => new(IPAddress.Loopback, _sockets);

    public IPEndPoint Tcp => new(IPAddress.Loopback, _tcp);

    private static string App => Path.Combine(AppContext.BaseDirectory, "Apps", "sockets.py");

    public async ValueTask DisposeAsync() => await Mesh.DisposeAsync();
}
