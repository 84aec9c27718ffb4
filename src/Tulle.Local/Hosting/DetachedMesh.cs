using System.Text;
using Tulle.Local.Adoption;
using Tulle.Local.Supervision;

namespace Tulle.Local.Hosting;

/// <summary>Runs a mesh in a process of its own, which lives on when this one ends.</summary>
public static class DetachedMesh
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    /// <summary>Starts the command and waits until the mesh that it runs is ready.</summary>
    /// <param name="home">State folder.</param>
    /// <param name="command">The command line that runs a mesh in the foreground.</param>
    /// <param name="folder">Its working directory.</param>
    /// <param name="environment">Its variables.</param>
    /// <param name="line">Takes each line that it prints.</param>
    /// <param name="clock">For waits.</param>
    /// <param name="cancellation">Stops waiting; the mesh goes on.</param>
    /// <returns>Its process number when it is ready; otherwise its exit code.</returns>
    public static async Task<(int? Pid, int ExitCode)> StartAsync(
        MeshHome home, IReadOnlyList<string> command, string folder, IReadOnlyDictionary<string, string> environment,
        Action<string> line, TimeProvider clock, CancellationToken cancellation)
    {
        home.Create();
        if (MeshLock.IsHeld(home)) throw LocalMesh.AlreadyRunning(home);
        File.Delete(home.MeshLog);
        (int pid, string? fault) = ProcessSpawner.Start(new ProcessConfig
        {
            Name = "mesh",
            Command = command,
            Environment = environment,
            WorkingDirectory = folder,
            LogPath = home.MeshLog,
        });
        if (fault is not null) throw new MeshStartException(fault);
        using var watcher = new ExitWatcher();
        Task<ExitStatus> exit = watcher.WatchAsync(pid);
        long position = 0;
        while (true)
        {
            bool ended = exit.IsCompleted;
            bool ready = StateFile.Read(home.State)?.ReadyBy == pid;
            position = Say(home.MeshLog, position, line);
            // Its words may have had no room: then they are to be had in the foreground.
            if (ended && position == 0) line($"the mesh ended at once, and {home.MeshLog} does not say why; the disk may be full. Run 'tulle up' without -d to see more");
            if (ended) return (null, (await exit.ConfigureAwait(false)).Code ?? 1);
            if (ready) return (pid, 0);
            await Task.Delay(LookEvery, clock, cancellation).ConfigureAwait(false);
        }
    }

    private static long Say(string path, long position, Action<string> line)
    {
        if (!File.Exists(path)) return position;
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Position = position;
        byte[] bytes = new byte[file.Length - position];
        file.ReadExactly(bytes);
        int whole = Array.LastIndexOf(bytes, (byte)'\n') + 1;
        foreach (string text in Encoding.UTF8.GetString(bytes, 0, whole).Split('\n', StringSplitOptions.RemoveEmptyEntries)) line(text);
        return position + whole;
    }
}
