using System.Text.Json.Nodes;

namespace Tulle.Testing;

/// <summary>A replica of the mesh under test: where it is and which processes it is made of.</summary>
public sealed record MeshReplica(string Pod, string Address, int AppPid, int ProxyPid)
{
    /// <summary>The HTTP proxy that its application uses.</summary>
    public string Outbound => $"http://{Address}:15001";

    public string Admin => $"http://{Address}:15020";
}

/// <summary>A one-machine mesh of the real executables: <c>tulle up</c> with a state folder of its own.</summary>
public sealed class MeshProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan CommandPatience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private RunningProcess? _up;

    /// <param name="compose">The Compose file's text.</param>
    public MeshProcess(string compose)
    {
        _folder.Write("compose.yaml", compose);
        Home = _folder.PathOf("home");
    }

    /// <summary>The state folder.</summary>
    public string Home { get; }

    /// <summary>More arguments of <c>tulle up</c>.</summary>
    public IReadOnlyList<string> UpArguments { get; set; } = [];

    /// <summary>The folder of the Compose file.</summary>
    public string Folder => _folder.Path;

    public string Kubeconfig => Path.Combine(Home, "kubeconfig");

    /// <summary>The running <c>tulle up</c>.</summary>
    public RunningProcess Up => _up ?? throw new InvalidOperationException("the mesh is not started");

    /// <summary>A kubectl for this mesh: the first one installed.</summary>
    public KubectlTool Kubectl => KubectlOf(KubectlTool.Installed()[0]);

    private Dictionary<string, string?> Variables => new() { ["TULLE_HOME"] = Home, ["KUBECONFIG"] = null, ["NO_COLOR"] = "1" };

    public KubectlTool KubectlOf(string path) => new(path, Kubeconfig, _folder.PathOf("kubectl-cache"));

    /// <summary>Writes a file beside the Compose file.</summary>
    public string Write(string name, string text) => _folder.Write(name, text);

    /// <summary>Starts <c>tulle up</c> and waits until every replica is ready.</summary>
    public async Task StartAsync()
    {
        _up = RunningProcess.Start(RepositoryFolder.Executable("tulle"), ["up", "-f", "compose.yaml", .. UpArguments], Variables, Folder);
        await WaitUntilReadyAsync();
    }

    public async Task WaitUntilReadyAsync() => await Eventually.TrueAsync(
        () => Up.HasExited
            ? throw new InvalidOperationException("tulle up ended")
            : State()?["readyBy"]?.GetValue<int>() == Up.Id,
        Patience, "the mesh is ready", Show);

    /// <summary>Interrupts <c>tulle up</c>, as Ctrl-C does, and waits for its end.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> StopAsync()
    {
        Up.Send(Signal.Continue);
        Up.Send(Signal.Interrupt);
        return await Up.WaitForExitAsync(Patience);
    }

    /// <summary>Runs <c>tulle</c> against this mesh.</summary>
    public Task<CommandResult> TulleAsync(params string[] arguments) =>
        RunningProcess.RunAsync(RepositoryFolder.Executable("tulle"), arguments, CommandPatience, Variables, Folder);

    /// <summary>Starts <c>tulle</c> against this mesh and leaves it running, as for <c>tap</c>.</summary>
    public RunningProcess StartTulle(params string[] arguments) =>
        RunningProcess.Start(RepositoryFolder.Executable("tulle"), arguments, Variables, Folder);

    /// <summary>Runs a line of shell in which <c>tulle</c> is this mesh's.</summary>
    public Task<CommandResult> ShellAsync(string line, TimeSpan patience) => RunningProcess.RunAsync(
        "sh", ["-c", line], patience, new Dictionary<string, string?>(Variables) { ["PATH"] = $"{Path.GetDirectoryName(RepositoryFolder.Executable("tulle"))}:{Environment.GetEnvironmentVariable("PATH")}" }, Folder);

    /// <summary>Everything that works for it: the mesh itself, sidecars and applications.</summary>
    public IReadOnlyList<int> Processes() => [Up.Id, .. Replicas().SelectMany(replica => (int[])[replica.ProxyPid, replica.AppPid]).Where(pid => pid > 0)];

    /// <summary>The replicas, as the state file has them.</summary>
    public IReadOnlyList<MeshReplica> Replicas() =>
        [.. (State()?["replicas"]?.AsObject() ?? []).Select(pair => new MeshReplica(
            pair.Key,
            pair.Value?["address"]?.GetValue<string>() ?? "",
            pair.Value?["app"]?["pid"]?.GetValue<int>() ?? 0,
            pair.Value?["proxy"]?["pid"]?.GetValue<int>() ?? 0))];

    /// <summary>The replicas of a service.</summary>
    public IReadOnlyList<MeshReplica> Replicas(string service) =>
        [.. Replicas().Where(r => r.Pod.StartsWith($"{service}-", StringComparison.Ordinal) && r.Pod.LastIndexOf('-') == service.Length).OrderBy(r => r.Pod, StringComparer.Ordinal)];

    /// <summary>Reads a page of a sidecar's admin port.</summary>
    public Task<string> AdminAsync(MeshReplica replica, string path) => _http.GetStringAsync($"{replica.Admin}{path}");

    /// <summary>The state file: what <c>tulle up</c> knows of its processes; null before it is written.</summary>
    public JsonNode? State()
    {
        string path = Path.Combine(Home, "state.json");
        return File.Exists(path) ? JsonNode.Parse(File.ReadAllText(path)) : null;
    }

    /// <summary>Output of <c>tulle up</c> and the ends of all logs: for the message of a failure.</summary>
    public string Show()
    {
        string logs = Path.Combine(Home, "logs");
        IEnumerable<string> ends = Directory.Exists(logs)
            ? Directory.EnumerateFiles(logs).Order().Select(file => $"--- {Path.GetFileName(file)}\n{string.Join('\n', File.ReadLines(file).TakeLast(6))}")
            : [];
        return $"{_up?.Show()}\n{string.Join('\n', ends)}";
    }

    public async ValueTask DisposeAsync()
    {
        if (_up is { HasExited: false })
        {
            try
            {
                await StopAsync();
            }
            catch (TimeoutException)
            {
                // Killed below; the test has failed for its own reason already, or it does now by what it left.
            }
        }
        foreach (MeshReplica replica in Replicas())
        {
            // What a failed test left behind must not disturb the next one.
            foreach (int pid in new[] { replica.AppPid, replica.ProxyPid }.Where(pid => pid > 0 && RunningProcess.IsAlive(pid)))
            {
                RunningProcess.SendTo(pid, Signal.Kill);
            }
        }
        if (_up is not null)
        {
            await _up.DisposeAsync();
        }
        _http.Dispose();
        _folder.Dispose();
    }
}
