using Tulle.Cli.Resources;
using Tulle.Cli.Terminal;
using Tulle.Local.Compose;
using Tulle.Model.Findings;

namespace Tulle.Cli.Machine;

/// <summary>Finds and reads the Compose file of a command line.</summary>
internal static class ComposeSource
{
    // The names that docker compose looks for, in its order.
    private static readonly string[] UsualNames = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];

    /// <exception cref="CliException">There is none, or it cannot be read.</exception>
    public static string Find(CliEnvironment environment, string? option)
    {
        if (option is null)
        {
            return UsualNames.FirstOrDefault(name => File.Exists(Path.Combine(environment.WorkingFolder, name)))
                ?? throw new CliException("there is no compose.yaml in this folder; name one with -f, or see the sample with 'tulle demo'", ExitCodes.Usage);
        }
        return File.Exists(Path.GetFullPath(option, environment.WorkingFolder))
            ? option
            : throw new CliException($"the Compose file {option} does not exist; give the path of an existing file with -f", ExitCodes.Usage);
    }

    /// <summary>Reads the file and prints what is wrong with it.</summary>
    /// <exception cref="CliException">It has errors; all of them were printed.</exception>
    public static ComposeConfig Read(CliEnvironment environment, string file, Func<string, string?> variable)
    {
        string path = Path.GetFullPath(file, environment.WorkingFolder);
        string text;
        try
        {
            text = TextFile.Read(path);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new CliException($"the Compose file {file} cannot be read: {e.Message}");
        }
        ComposeResult result = ComposeReader.Read(text, file, Path.GetDirectoryName(path)!, variable);
        foreach (Finding finding in result.Findings) FindingText.Write(environment, finding, "");
        int errors = result.Findings.Count(finding => finding.Severity == Severity.Error);
        return result.Config
            ?? throw new CliException($"{file} has {errors} {(errors == 1 ? "error" : "errors")}; nothing was started", ExitCodes.Refused);
    }
}
