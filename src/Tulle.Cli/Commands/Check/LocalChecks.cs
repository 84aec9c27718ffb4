using System.Runtime.Versioning;

namespace Tulle.Cli.Commands.Check;

/// <summary>What only a mesh on this machine needs.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LocalChecks(CliEnvironment environment)
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    public CheckCategory Category => new("tulle-local",
    [
        new("secrets are readable by their owner only", SecretsAsync),
        new("the sidecar's executable is beside this one", SidecarAsync),
    ]);

    private Task<CheckOutcome> SecretsAsync(CancellationToken stop)
    {
        string[] open = [.. new[] { ".", "kubeconfig", "mesh.db" }
            .Select(name => Path.GetFullPath(Path.Combine(environment.StateFolder, name)))
            .Where(path => Path.Exists(path) && (File.GetUnixFileMode(path) & Others) != 0)];
        return Task.FromResult(open.Length == 0
            ? CheckOutcome.Good
            : CheckOutcome.Bad($"others may read {string.Join(", ", open)}", $"run: chmod go-rwx {string.Join(' ', open)}"));
    }

    private Task<CheckOutcome> SidecarAsync(CancellationToken stop)
    {
        string path = Path.Combine(Path.GetDirectoryName(environment.ExecutablePath) ?? "", "tulle-proxy");
        return Task.FromResult(File.Exists(path)
            ? CheckOutcome.Good
            : CheckOutcome.Bad($"{path} does not exist", "build both with scripts/build.sh, and keep them in one folder"));
    }
}
