namespace Tulle.Testing;

/// <summary>A real kubectl on this machine.</summary>
/// <param name="Path">Full path of the executable.</param>
/// <param name="KubeconfigPath">The mesh it speaks to.</param>
/// <param name="CacheFolder">Where it keeps what it discovered, away from the user's own.</param>
public sealed record KubectlTool(string Path, string KubeconfigPath, string CacheFolder)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Every kubectl installed: Debian's <c>kubernetes-client</c> and, where present, a current one.</summary>
    public static IReadOnlyList<string> Installed()
    {
        string[] folders = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), "/usr/bin", "/usr/local/bin", "/snap/bin"];
        List<string> found = [];
        foreach (string folder in folders.Where(f => f.Length > 0).Distinct())
        {
            string path = System.IO.Path.Combine(folder, "kubectl");
            if (File.Exists(path))
            {
                string real = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
                if (!found.Contains(real))
                {
                    found.Add(real);
                }
            }
        }
        return found.Count > 0 ? found : throw new InvalidOperationException("no kubectl is installed; install Debian's kubernetes-client");
    }

    public Task<CommandResult> TryAsync(IEnumerable<string> arguments, string? input = null) =>
        RunningProcess.RunAsync(Path, Arguments(arguments), Patience, input: input);

    /// <summary>Runs kubectl and fails when it does.</summary>
    /// <returns>Standard output.</returns>
    public async Task<string> RunAsync(params string[] arguments)
    {
        CommandResult result = await TryAsync(arguments);
        return result.ExitCode == 0
            ? result.Output
            : throw new InvalidOperationException($"kubectl {string.Join(' ', arguments)} failed: {result}");
    }

    /// <summary>Starts kubectl and leaves it running, as for <c>get -w</c>.</summary>
    public RunningProcess Start(params string[] arguments) => RunningProcess.Start(Path, Arguments(arguments));

    private IEnumerable<string> Arguments(IEnumerable<string> arguments) => ["--kubeconfig", KubeconfigPath, "--cache-dir", CacheFolder, .. arguments];
}
