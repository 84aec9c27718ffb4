namespace Tulle.Local.Hosting;

/// <summary>Where a one-machine mesh keeps its files.</summary>
/// <param name="Folder">The state folder, absolute.</param>
public sealed record MeshHome(string Folder)
{
    public string Kubeconfig => Path.Combine(Folder, "kubeconfig");

    /// <summary>Objects of the mesh. The demo has a file of its own, so that it starts clean and leaves a person's objects alone.</summary>
    public string Database => Path.Combine(Folder, DatabaseName);

    /// <summary>A week of metrics, beside the objects they are about.</summary>
    public string History => Path.ChangeExtension(Database, "history.db");

    /// <summary>Traces that are kept.</summary>
    public string Traces => Path.ChangeExtension(Database, "traces.db");

    public string DatabaseName { get; init; } = "mesh.db";

    /// <summary>Locked by a <c>tulle run</c> while it takes its address.</summary>
    internal string JoinLock => Path.Combine(Workloads, ".join");

    /// <summary>Locked (flock) by the running mesh, whose process number it holds.</summary>
    public string Lock => Path.Combine(Folder, "lock");

    /// <summary>The link that opens the dashboard of the running mesh; a secret, like the kubeconfig.</summary>
    public string Dashboard => Path.Combine(Folder, "dashboard");

    /// <summary>A page that leads there.</summary>
    internal string DashboardOpener => Path.Combine(Folder, "dashboard.html");

    public string State => Path.Combine(Folder, "state.json");

    /// <summary>What Prometheus finds of the mesh, in a folder that holds nothing else.</summary>
    public string PrometheusTargets => Path.Combine(Folder, "prometheus", "targets.json");

    public string Logs => Path.Combine(Folder, "logs");

    public string Workloads => Path.Combine(Folder, "workloads");

    /// <summary>What an application writes to its standard output and error.</summary>
    public string AppLog(string pod) => Path.Combine(Logs, $"{pod}.log");

    /// <summary>What its sidecar writes.</summary>
    public string ProxyLog(string pod) => Path.Combine(Logs, $"{pod}-proxy.log");

    /// <summary>Output of a mesh that runs in the background.</summary>
    public string MeshLog => Path.Combine(Logs, "tulle.log");

    public string Token(string pod) => Path.Combine(Workloads, pod, "token");

    public string Anchors(string pod) => Path.Combine(Workloads, pod, "anchors.pem");

    public string Joined(string pod) => Path.Combine(Workloads, pod, "run.json");

    /// <summary>Makes the folders, readable by their owner only.</summary>
    /// <exception cref="MeshStartException">They cannot be made.</exception>
    public void Create()
    {
        try
        {
            foreach (string folder in (ReadOnlySpan<string>)[Folder, Logs, Workloads]) PrivateFiles.CreateFolder(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MeshStartException($"the state folder {Folder} cannot be used: {e.Message}; name one that you may write to with TULLE_HOME", inner: e);
        }
    }
}
