using Tulle.Cli.Terminal;
using Tulle.Model.Documents;
using Tulle.Model.Findings;

namespace Tulle.Cli.Resources;

/// <summary>Reads the objects of files, folders and standard input.</summary>
internal static class ManifestFiles
{
    private static readonly string[] Extensions = [".yaml", ".yml", ".json"];

    /// <exception cref="CliException">A file is missing, cannot be read or is malformed (<see cref="ExitCodes.Refused"/>, after every finding was printed).</exception>
    public static IReadOnlyList<Manifest> Read(CliEnvironment environment, IReadOnlyList<string> sources)
    {
        List<Manifest> manifests = [];
        int errors = 0;
        foreach ((string name, string text) in sources.SelectMany(source => Texts(environment, source)))
        {
            (IReadOnlyList<MappingNode> objects, IReadOnlyList<Finding> findings) = DocumentReader.ReadObjects(text, name);
            foreach (Finding finding in findings)
            {
                errors += finding.Severity == Severity.Error ? 1 : 0;
                FindingText.Write(environment, finding, "");
            }
            manifests.AddRange(objects.Select(node => new Manifest(node, text)));
        }
        if (errors > 0)
        {
            throw new CliException($"{Count(errors, "error")} in {string.Join(", ", sources.Select(Shown))}; nothing was changed", ExitCodes.Refused);
        }
        return manifests.Count > 0
            ? manifests
            : throw new CliException($"{string.Join(", ", sources.Select(Shown))} {(sources.Count == 1 ? "has" : "have")} no objects; write at least one with apiVersion, kind and metadata.name", ExitCodes.Refused);
    }

    public static string Count(int number, string what) => number == 1 ? $"1 {what}" : $"{number} {what}s";

    /// <summary>What messages call a source.</summary>
    public static string Shown(string source) => source == "-" ? "standard input" : source;

    private static IEnumerable<(string Name, string Text)> Texts(CliEnvironment environment, string source)
    {
        if (source == "-")
        {
            yield return ("<stdin>", environment.Input.ReadToEnd());
            yield break;
        }
        // An empty name is a variable that is not set, and would stand for the whole folder.
        if (source.Length == 0) throw new CliException("-f is given an empty name; write a file, a folder, or - for standard input", ExitCodes.Usage);
        if (source.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || source.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
            throw new CliException($"-f takes no URLs; fetch it first: curl -fsSL {source} | tulle apply -f -", ExitCodes.Usage);
        string path = Path.GetFullPath(source, environment.WorkingFolder);
        if (!Directory.Exists(path))
        {
            yield return (source, ReadFile(path, source));
            yield break;
        }
        string[] files = [.. Directory.EnumerateFiles(path).Where(f => Extensions.Contains(Path.GetExtension(f))).Order(StringComparer.Ordinal)];
        if (files.Length == 0)
        {
            throw new CliException($"the folder {source} has no .yaml, .yml or .json files; folders within it are not looked into", ExitCodes.Refused);
        }
        foreach (string file in files)
        {
            string shown = Path.Combine(source, Path.GetFileName(file));
            yield return (shown, ReadFile(file, shown));
        }
    }

    private static string ReadFile(string path, string shown)
    {
        try
        {
            return TextFile.Read(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CliException($"the file {shown} does not exist; check its path (this is where -f looks: {Path.GetDirectoryName(path)})", ExitCodes.Refused);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new CliException($"the file {shown} cannot be read: {exception.Message}", ExitCodes.Refused);
        }
    }
}
