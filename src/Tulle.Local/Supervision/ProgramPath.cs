namespace Tulle.Local.Supervision;

/// <summary>Finds programs as a shell does.</summary>
public static class ProgramPath
{
    /// <param name="program">A name, or a path when it holds a slash.</param>
    /// <param name="folder">Where relative paths start.</param>
    /// <param name="path">Value of PATH.</param>
    /// <returns>The absolute path; null when there is no such executable.</returns>
    public static string? Find(string program, string folder, string? path)
    {
        if (program.Contains('/', StringComparison.Ordinal))
        {
            string full = Path.GetFullPath(program, folder);
            return IsExecutable(full) ? full : null;
        }
        return (path ?? "/usr/local/bin:/usr/bin:/bin").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Select(entry => Path.Combine(Path.GetFullPath(entry, folder), program))
            .FirstOrDefault(IsExecutable);
    }

    /// <summary>Why <see cref="Find"/> found none, and what to do about it.</summary>
    internal static string WhyNone(string program, string folder)
    {
        if (!program.Contains('/', StringComparison.Ordinal)) return $"there is no program \"{program}\" in the PATH; install it or write its path";
        string full = Path.GetFullPath(program, folder);
        return File.Exists(full) ? $"{full} is not executable; make it so with 'chmod +x', or name the program that runs it, such as 'sh {program}'"
            : Directory.Exists(full) ? $"{full} is a folder; write the path of a program"
            : $"there is no file {full}; correct the path, which starts at the service's working_dir, or else at the Compose file's folder";
    }

    private static bool IsExecutable(string file) => File.Exists(file) && Libc.Access(file, Libc.Executable) == 0;
}
