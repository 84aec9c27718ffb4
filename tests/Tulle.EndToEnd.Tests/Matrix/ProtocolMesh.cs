using System.Net;
using Tulle.Testing;

namespace Tulle.EndToEnd.Tests.Matrix;

/// <summary>
/// A whole mesh, with control plane and API, of servers that speak one protocol each: the matrix' own server in both versions of HTTP,
/// a Node.js gRPC server, two TCP servers that speak first, and two that end their own TLS. The client has a local port for each.
/// </summary>
public sealed class ProtocolMesh(MatrixMesh matrix) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly string[] Services = ["web1", "web2", "talker", "greeter", "secure-v1"];

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, int> _ports = Services.ToDictionary(service => service, _ => FreePort.Next());
    private MeshProcess? _mesh;

    public MeshProcess Mesh => _mesh!;

    /// <summary>The certificates of the TLS servers, for clients to trust.</summary>
    public string Anchors => _folder.PathOf("anchors.pem");

    /// <summary>The client's local port for a service.</summary>
    public IPEndPoint Entry(string service) => new(IPAddress.Loopback, _ports[service]);

    public async ValueTask InitializeAsync()
    {
        await IssueAsync("v1", "secure-v1", "split.example.com");
        await IssueAsync("v2", "v2.example.com", "split.example.com");
        await File.WriteAllTextAsync(Anchors, await File.ReadAllTextAsync(_folder.PathOf("v1.pem")) + await File.ReadAllTextAsync(_folder.PathOf("v2.pem")));
        _mesh = new MeshProcess(Compose());
        await Mesh.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_mesh is not null) await _mesh.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>Waits until something of a kind that came to a service is counted, and asserts that all of it came under mutual TLS.</summary>
    /// <param name="series">A counter of the sidecar, such as <c>request_total</c>.</param>
    public async Task AssertMutualTlsAsync(string service, string series)
    {
        // A client may read a response before the sidecar has counted it.
        string[] counts = [];
        await Eventually.TrueAsync(async () => (counts = await CountsAsync(service, series)).Length > 0, Patience, $"{service} counts in {series}", Mesh.Show);
        Assert.All(counts, line => Assert.Contains("tls=\"true\"", line, StringComparison.Ordinal));
    }

    /// <summary>Whether everything of a kind that came to a service came under mutual TLS, and something did.</summary>
    public async Task<bool> CameByMutualTlsAsync(string service, string series)
    {
        string[] counts = await CountsAsync(service, series);
        return counts.Length > 0 && counts.All(line => line.Contains("tls=\"true\"", StringComparison.Ordinal));
    }

    private async Task<string[]> CountsAsync(string service, string series)
    {
        string[] lines = (await Mesh.AdminAsync(Mesh.Replicas(service)[0], "/metrics")).Split('\n');
        return [.. lines.Where(line => line.StartsWith(series + "{direction=\"inbound\"", StringComparison.Ordinal) && !line.EndsWith(" 0", StringComparison.Ordinal))];
    }

    private string Compose() => $$"""
        name: protocols
        services:
          client:
            command: python3 {{App("echo.py")}}
            ports: ["80"]
            x-tulle:
              upstreams:
                - "{{Entry("web1")}}=web1:80"
                - "{{Entry("web2")}}=web2:80"
                - "{{Entry("talker")}}=talker:80"
                - "{{Entry("greeter")}}=greeter:80"
                - "{{Entry("secure-v1")}}=secure-v1:443"
          web1:
            command: python3 {{App("relay.py")}} {{matrix.Server.Http1}}
            ports: ["80"]
          web2:
            command: python3 {{App("relay.py")}} {{matrix.Server.Http2}}
            ports: ["80"]
          talker:
            command: node {{NodeServer.Script("server.js")}}
            ports: ["80"]
          greeter:
            command: python3 {{App("sockets.py")}}
            environment: { MODE: tcp }
            ports: ["80"]
          greeter-v2:
            command: python3 {{App("sockets.py")}}
            environment: { MODE: tcp }
            ports: ["80"]
          secure-v1:
            command: ["sh", "-c", "{{Secure("v1")}}"]
            ports: ["443"]
          secure-v2:
            command: ["sh", "-c", "{{Secure("v2")}}"]
            ports: ["443"]

        """;

    private static string App(string name) => Path.Combine(AppContext.BaseDirectory, "Apps", name);

    private string Secure(string name) =>
        $"exec openssl s_server -quiet -www -accept 127.0.0.1:$$PORT -key {_folder.PathOf($"{name}.key")} -cert {_folder.PathOf($"{name}.pem")}";

    private async Task IssueAsync(string name, params string[] hosts)
    {
        CommandResult made = await RunningProcess.RunAsync(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", _folder.PathOf($"{name}.key"), "-out", _folder.PathOf($"{name}.pem"),
                "-subj", $"/CN={name}", "-addext", $"subjectAltName={string.Join(',', hosts.Select(host => $"DNS:{host}"))}", "-days", "2",
            ],
            Patience);
        Assert.True(made.ExitCode == 0, made.ToString());
    }
}
