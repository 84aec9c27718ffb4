using System.Globalization;
using Tulle.Local.Addresses;
using Tulle.Local.Adoption;

namespace Tulle.Local.Hosting;

/// <summary>A replica as the state folder knows it, whether a mesh looks after it or not.</summary>
/// <param name="Pod">Its pod.</param>
/// <param name="Admin">Where its sidecar tells of itself.</param>
/// <param name="AppRuns">Its application's process lives.</param>
/// <param name="SidecarRuns">Its sidecar's process lives.</param>
public sealed record RunningReplica(string Pod, Uri Admin, bool AppRuns, bool SidecarRuns);

/// <summary>What runs on this machine, for whoever has no mesh to ask.</summary>
public static class RunningReplicas
{
    /// <summary>The replicas of the mesh that runs now or ran last; empty when none did, or it was taken down.</summary>
    public static IReadOnlyList<RunningReplica> Read(MeshHome home) =>
        [.. (StateFile.Read(home.State)?.Replicas ?? []).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => Of(pair.Key, pair.Value))];

    private static RunningReplica Of(string pod, ReplicaState state) => new(
        pod, new Uri(string.Create(CultureInfo.InvariantCulture, $"http://{state.Address}:{ReplicaPorts.Admin}")), state.App is { IsAlive: true }, state.Proxy is { IsAlive: true });
}
