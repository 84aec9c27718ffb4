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

    private static bool IsExecutable(string file) => File.Exists(file) && Libc.Access(file, Libc.Executable) == 0;
}
