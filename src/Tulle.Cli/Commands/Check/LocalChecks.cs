using System.Runtime.Versioning;

namespace Tulle.Cli.Commands.Check;

/// <summary>What only a mesh on this machine needs.</summary>
[SupportedOSPlatform("linux")]
internal sealed class LocalChecks(CliEnvironment environment)
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    private const long MiB = 1 << 20;

    /// <summary>Bytes below which the next write may fail, and below which a day of logs and history may not find room.</summary>
    private const long TooLittle = 4 * MiB, Little = 256 * MiB;

    public CheckCategory Category => new("tulle-local",
    [
        new("secrets are readable by their owner only", SecretsAsync),
        new("the sidecar's executable is beside this one", SidecarAsync),
        new("the state folder has room", RoomAsync),
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

    private Task<CheckOutcome> RoomAsync(CancellationToken stop) => Task.FromResult(Room(environment.StateFolder, new DriveInfo(environment.StateFolder).AvailableFreeSpace));

    /// <param name="folder">The state folder.</param>
    /// <param name="bytes">Free on its disk.</param>
    internal static CheckOutcome Room(string folder, long bytes)
    {
        string left = $"the disk of {folder} has {bytes / MiB} MiB left";
        return bytes < TooLittle
            ? CheckOutcome.Bad($"{left}: changes are refused, and history, traces and logs are lost", "make room on it; everything goes on by itself then")
            : bytes < Little ? CheckOutcome.Warn(left, "make room on it before changes are refused, and history, traces and logs are lost") : CheckOutcome.Good;
    }

    private Task<CheckOutcome> SidecarAsync(CancellationToken stop)
    {
        string path = Path.Combine(Path.GetDirectoryName(environment.ExecutablePath) ?? "", "tulle-proxy");
        return Task.FromResult(File.Exists(path)
            ? CheckOutcome.Good
            : CheckOutcome.Bad($"{path} does not exist", "build both with scripts/build.sh, and keep them in one folder"));
    }
}
