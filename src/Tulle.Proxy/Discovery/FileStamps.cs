namespace Tulle.Proxy.Discovery;

/// <summary>Notices that one of some files changed, by time and length. Not thread-safe.</summary>
internal sealed class FileStamps(params string?[] paths)
{
    private readonly (DateTime Written, long Length)[] _last = new (DateTime, long)[paths.Length];

    /// <summary>Whether a file differs from the last call.</summary>
    public bool Changed()
    {
        bool changed = false;
        for (int i = 0; i < paths.Length; i++)
        {
            if (paths[i] is not { } path) continue;
            var file = new FileInfo(path);
            (DateTime, long) now = file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
            changed |= now != _last[i];
            _last[i] = now;
        }

        return changed;
    }
}
