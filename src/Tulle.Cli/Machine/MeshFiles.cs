using Tulle.Local.Hosting;

namespace Tulle.Cli.Machine;

/// <summary>What commands of the one-machine mesh take from their environment.</summary>
internal static class MeshFiles
{
    public static MeshHome Home(CliEnvironment environment) => new(environment.StateFolder);

    /// <summary>Where tulle-proxy and shop are: beside tulle.</summary>
    public static string ExecutableFolder(CliEnvironment environment) =>
        Path.GetDirectoryName(environment.ExecutablePath) is { Length: > 0 } folder ? folder : environment.WorkingFolder;
}
