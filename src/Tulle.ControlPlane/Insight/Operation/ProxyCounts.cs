using Tulle.ControlPlane.Distribution;

namespace Tulle.ControlPlane.Insight.Operation;

/// <summary>How the connected proxies are.</summary>
/// <param name="Connected">Pods with a discovery stream.</param>
/// <param name="InSync">Those that have acknowledged all they were sent.</param>
/// <param name="Refused">Those that have refused some of it.</param>
/// <param name="Versions">How many there are of each version.</param>
internal sealed record ProxyCounts(int Connected, int InSync, int Refused, IReadOnlyList<(string Version, int Proxies)> Versions)
{
    public static ProxyCounts Of(IReadOnlyList<SessionReport> sessions)
    {
        // A proxy that connects again is there twice until its old stream has noticed.
        SessionReport[] newest = [.. sessions.GroupBy(session => (session.Namespace, session.Pod)).Select(group => group.MaxBy(session => session.ConnectedAt)!)];
        return new ProxyCounts(
            newest.Length,
            newest.Count(session => session.Resources.All(resource => resource.Error.Length == 0 && resource.Acknowledged == resource.Sent)),
            newest.Count(session => session.Resources.Any(resource => resource.Error.Length > 0)),
            [.. newest.GroupBy(session => session.ProxyVersion).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => (group.Key, group.Count()))]);
    }
}
