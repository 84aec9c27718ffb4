using System.Text.Json.Nodes;
using Tulle.EndToEnd.Tests.Mesh;
using Tulle.Testing;

namespace Tulle.EndToEnd.Tests.Diagnosis;

/// <summary>
/// A mesh in which every failure has a service of its own, so that one does not colour another's numbers. Certificates are short
/// lived, and the token of the sidecar of "expired" is damaged at the start: its certificate ends while the others are staged.
/// </summary>
public sealed class DiagnosisMesh : IAsyncLifetime
{
    private static readonly string[] Services = ["well", "empty", "ejected", "wrongport", "nosubset", "strict", "breaker", "slow", "expired"];

    private readonly TemporaryFolder _flags = new();

    public DiagnosisMesh()
    {
        IEnumerable<string> plain = Services.Select(name => $"  {name}:\n    command: python3 {EchoMesh.App}\n    ports: [\"80\"]\n");
        Mesh = new MeshProcess($$"""
            name: diagnosis
            services:
              client:
                command: python3 {{EchoMesh.App}}
                ports: ["80"]
              front:
                command: python3 {{EchoMesh.App}}
                ports: ["{{FrontPort}}:80"]
              down:
                command: ["sh", "-c", "test ! -e {{DownFlag}} && exec python3 {{EchoMesh.App}}"]
                ports: ["80"]
            {{string.Concat(plain)}}
            """)
        {
            UpArguments = ["--certificate-lifetime", "40s"],
        };
    }

    public MeshProcess Mesh { get; }

    /// <summary>The port of the machine that leads to "front".</summary>
    public int FrontPort { get; } = FreePort.Next();

    /// <summary>While this file exists, the application of "down" ends as it starts.</summary>
    public string DownFlag => _flags.PathOf("down");

    public async ValueTask InitializeAsync()
    {
        await Mesh.StartAsync();
        await File.WriteAllTextAsync(Path.Combine(Mesh.Home, "workloads", "expired-0", "token"), "damaged");
    }

    public async ValueTask DisposeAsync()
    {
        await Mesh.DisposeAsync();
        _flags.Dispose();
    }

    /// <summary>A client inside the mesh.</summary>
    public LoadClient Load(string service, string path = "/", TimeSpan? timeout = null) => new($"http://{service}{path}", Mesh.Replicas("client")[0].Outbound, timeout);

    public MeshReplica Replica(string service) => Mesh.Replicas(service)[0];

    public async Task ApplyAsync(string name, string yaml)
    {
        string path = Mesh.Write($"{name}.yaml", yaml);
        await Mesh.Kubectl.RunAsync("apply", "-f", path);
    }

    /// <summary>Diagnoses again and again until a cause is named; its text, with the exit code that it came with.</summary>
    /// <param name="service">Which.</param>
    /// <param name="cause">What must come first.</param>
    /// <param name="meanwhile">What makes it.</param>
    /// <param name="says">What must be said besides: how limits are used is reported later than errors.</param>
    public async Task<CommandResult> NamesAsync(string service, string cause, Func<Task>? meanwhile = null, string says = "")
    {
        CommandResult? json = null;
        await Eventually.TrueAsync(
            async () =>
            {
                if (meanwhile is not null) await meanwhile();
                json = await Mesh.TulleAsync("diagnose", service, "-o", "json");
                return json.Output.Length > 0 && json.Output.Contains(says, StringComparison.Ordinal) && (JsonNode.Parse(json.Output)?["findings"] as JsonArray)?.FirstOrDefault()?["cause"]?.GetValue<string>() == cause;
            },
            TimeSpan.FromSeconds(90), $"{service} is diagnosed with {cause}", () => $"{json}\n{Mesh.Show()}");
        Assert.Equal(1, json!.ExitCode);
        CommandResult text = await Mesh.TulleAsync("diagnose", service);
        Assert.Equal(1, text.ExitCode);
        Assert.Contains(cause, text.Output);
        Assert.Contains("    do:", text.Output);
        return text;
    }
}
