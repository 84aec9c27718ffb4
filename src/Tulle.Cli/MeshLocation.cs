using Tulle.Local.Hosting;

namespace Tulle.Cli;

/// <summary>Which mesh a command speaks to, and how it was found.</summary>
/// <param name="KubeconfigPath">Absolute path of its kubeconfig.</param>
/// <param name="Origin">Where the path came from, for messages: <c>--kubeconfig</c>, <c>the mesh running on this machine</c>, <c>$KUBECONFIG</c>, <c>~/.kube/config</c>.</param>
/// <param name="Local">Whether it is the one-machine mesh.</param>
internal sealed record MeshLocation(string KubeconfigPath, string Origin, bool Local)
{
    /// <summary>
    /// An explicit flag wins; then the mesh that runs on this machine, because whoever started it most likely means it; then what kubectl would use.
    /// </summary>
    /// <exception cref="CliException">No kubeconfig is found (<see cref="ExitCodes.NoMesh"/>).</exception>
    public static MeshLocation Find(CliEnvironment environment, string? flag)
    {
        if (flag is { Length: > 0 })
        {
            string path = Path.GetFullPath(flag, environment.WorkingFolder);
            return File.Exists(path)
                ? new MeshLocation(path, "--kubeconfig", Local: false)
                : throw new CliException($"the kubeconfig {flag} does not exist; give the path of an existing file with --kubeconfig", ExitCodes.NoMesh);
        }

        MeshHome home = new(environment.StateFolder);
        string local = home.Kubeconfig;
        if (File.Exists(local) && MeshLock.IsHeld(home))
        {
            return new MeshLocation(local, "the mesh running on this machine", Local: true);
        }

        // KUBECONFIG may be a list of files, as kubectl takes it; the first one that exists is used.
        foreach (string candidate in (environment.Variable("KUBECONFIG") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            string path = Path.GetFullPath(candidate, environment.WorkingFolder);
            if (File.Exists(path))
            {
                return new MeshLocation(path, "$KUBECONFIG", Local: path == local);
            }
        }

        string usual = Path.Combine(environment.HomeFolder, ".kube", "config");
        return File.Exists(usual)
            ? new MeshLocation(usual, "~/.kube/config", Local: false)
            : throw new CliException(
                RunningReplicas.Read(home).Any(replica => replica.SidecarRuns)
                    ? "the mesh on this machine has lost its control plane; its applications and sidecars run on. 'tulle up' takes them over, 'tulle down' ends them, 'tulle diagnose SERVICE' says more"
                    : "no mesh is running on this machine and there is no kubeconfig; start one with 'tulle demo' or 'tulle up', or name one with --kubeconfig",
                ExitCodes.NoMesh);
    }
}
