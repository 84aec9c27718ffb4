using System.Globalization;
using System.Text;
using Tulle.Local.Supervision;

namespace Tulle.Local.Hosting;

/// <summary>Only one mesh runs per state folder. The kernel releases the lock when its holder dies, however it dies.</summary>
public sealed class MeshLock : IDisposable
{
    private readonly FileStream _stream;

    private MeshLock(FileStream stream) => _stream = stream;

    /// <summary>Takes the lock and writes this process's number into it; null when a mesh holds it.</summary>
    public static MeshLock? TryAcquire(MeshHome home)
    {
        // A short retry, because commands that look whether a mesh runs hold a shared lock for a moment.
        for (int attempt = 0; attempt < 20; attempt++)
        {
            FileStream stream;
            try
            {
                // .NET takes flock(LOCK_EX | LOCK_NB) for FileShare.None.
                stream = new FileStream(home.Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                if (HolderOf(home) is not null && attempt > 2) return null;
                Thread.Yield();
                continue;
            }
            stream.SetLength(0);
            stream.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}\n")));
            stream.Flush();
            // The previous holder removes the file as it leaves; a lock on a removed file keeps nobody out.
            if (HolderOf(home) == Environment.ProcessId) return new MeshLock(stream);
            stream.Dispose();
        }
        return null;
    }

    /// <summary>The process number in the lock file; null when there is none. It may be that of a mesh that died.</summary>
    public static unsafe int? HolderOf(MeshHome home)
    {
        // System.IO takes a shared lock on whatever it reads, which the holder's exclusive one refuses.
        int descriptor = Libc.Open(home.Lock, Libc.ReadOnly | Libc.CloseOnExec);
        if (descriptor < 0) return null;
        byte* text = stackalloc byte[16];
        nint length = Libc.Read(descriptor, text, 16);
        _ = Libc.Close(descriptor);
        return length > 0 && int.TryParse(Encoding.ASCII.GetString(text, (int)length).Trim(), CultureInfo.InvariantCulture, out int pid) ? pid : null;
    }

    /// <summary>Whether a mesh runs now.</summary>
    public static bool IsHeld(MeshHome home)
    {
        try
        {
            using FileStream probe = new(home.Lock, FileMode.Open, FileAccess.Read, FileShare.Read);
            return false;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (DirectoryNotFoundException)
        {
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>Removes the file and releases the lock.</summary>
    public void Dispose()
    {
        File.Delete(_stream.Name);
        _stream.Dispose();
    }
}
