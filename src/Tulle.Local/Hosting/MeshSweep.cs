using Tulle.Local.Adoption;
using Tulle.Local.Supervision;

namespace Tulle.Local.Hosting;

/// <summary>Ends processes that a mesh left behind when it was killed.</summary>
public static class MeshSweep
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>Ends everything that the state files name and that still runs. Call it only when no mesh runs.</summary>
    /// <returns>How many processes were ended.</returns>
    public static async Task<int> EndAllAsync(MeshHome home, TimeProvider clock)
    {
        using var watcher = new ExitWatcher();
        int ended = 0;
        if (StateFile.Read(home.State) is { } state)
        {
            ended += await EndAsync(state.Replicas.Values.Select(replica => replica.App), watcher, clock).ConfigureAwait(false);
            ended += await EndAsync(state.Replicas.Values.Select(replica => replica.Proxy), watcher, clock).ConfigureAwait(false);
        }
        foreach (string pod in JoinedPods(home)) ended += await EndJoinedAsync(home, pod, watcher, clock).ConfigureAwait(false);
        return ended;
    }

    /// <summary>Supervisors of <c>tulle run</c> that still run.</summary>
    internal static IEnumerable<ProcessIdentity> JoinedSupervisors(MeshHome home) =>
        JoinedPods(home).Select(pod => StateFile.Read(home.Joined(pod))?.Replicas.GetValueOrDefault(pod)?.Supervisor).OfType<ProcessIdentity>().Where(process => process.IsAlive);

    internal static async Task<int> EndJoinedAsync(MeshHome home, string pod, ExitWatcher watcher, TimeProvider clock)
    {
        ReplicaState? replica = StateFile.Read(home.Joined(pod))?.Replicas.GetValueOrDefault(pod);
        if (replica?.Supervisor is { IsAlive: true }) return 0;
        int ended = await EndAsync([replica?.App], watcher, clock).ConfigureAwait(false);
        ended += await EndAsync([replica?.Proxy], watcher, clock).ConfigureAwait(false);
        string folder = Path.GetDirectoryName(home.Joined(pod))!;
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        return ended;
    }

    private static IEnumerable<string> JoinedPods(MeshHome home) => Directory.Exists(home.Workloads)
        ? Directory.EnumerateDirectories(home.Workloads).Select(folder => Path.GetFileName(folder)).Where(pod => File.Exists(home.Joined(pod))).ToArray()
        : [];

    private static async Task<int> EndAsync(IEnumerable<ProcessIdentity?> processes, ExitWatcher watcher, TimeProvider clock)
    {
        ProcessIdentity[] running = [.. processes.OfType<ProcessIdentity>().Where(process => process.IsAlive)];
        await Task.WhenAll(running.Select(process => ProcessEnding.EndAsync(process, watcher, Grace, clock))).ConfigureAwait(false);
        return running.Length;
    }
}
