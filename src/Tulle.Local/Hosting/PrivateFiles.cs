namespace Tulle.Local.Hosting;

/// <summary>Files and folders that only their owner may read: they hold tokens and keys.</summary>
internal static class PrivateFiles
{
    private const UnixFileMode Folder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode File = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static void CreateFolder(string path)
    {
        if (!Directory.Exists(path)) Directory.CreateDirectory(path, Folder);
    }

    /// <summary>Replaces a file in one step: a reader sees the old text or the new one, also after a crash.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        string next = $"{path}.new";
        using (FileStream stream = new(next, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, UnixCreateMode = File }))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: false);
        }
        System.IO.File.Move(next, path, overwrite: true);
    }
}
