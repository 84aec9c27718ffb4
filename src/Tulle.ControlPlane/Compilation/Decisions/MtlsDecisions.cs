using Tulle.ControlPlane.Registry;
using Tulle.Model.Resources;

namespace Tulle.ControlPlane.Compilation.Decisions;

/// <summary>Why a pod takes plaintext, mutual TLS or both.</summary>
internal static class MtlsDecisions
{
    public static IEnumerable<Decision> Of(MeshSnapshot snapshot, Pod pod)
    {
        MtlsModes modes = MtlsModes.Of(snapshot, pod.Meta.Namespace, pod.Meta.Labels);
        foreach (string space in snapshot.Settings.RootNamespaces.Prepend(pod.Meta.Namespace).Distinct())
        {
            foreach (PeerAuthentication candidate in snapshot.PeerAuthentications.GetValueOrDefault(space) ?? [])
            {
                if (candidate.Selector is { } selector && space == pod.Meta.Namespace && !MtlsModes.Selects(selector, pod.Meta.Labels)) continue;
                var name = ObjectReference.Of("PeerAuthentication", candidate.Meta);
                if (ReferenceEquals(candidate, modes.Workload))
                    yield return new Decision(name, null, true, $"its selector selects {pod.Workload}{(candidate.Mode == PeerMtlsMode.Unset ? ", and it leaves the mode to what comes next" : "")}");
                else if (candidate.Selector is not null)
                    yield return new Decision(name, null, false, space == pod.Meta.Namespace ? "an older one selects the same pods" : "a selector in a root namespace selects nothing");
                else if (ReferenceEquals(candidate, modes.Inherited))
                    yield return new Decision(name, null, modes.IsInherited, modes.IsInherited ? Scope(space, pod) : $"PeerAuthentication {modes.Workload!.Meta} is for these very pods and comes first");
                else
                    yield return new Decision(name, null, false, candidate.Mode == PeerMtlsMode.Unset ? "it sets no mode" : $"PeerAuthentication {modes.Inherited?.Meta} is narrower or older and comes first");
            }
        }
    }

    private static string Scope(string space, Pod pod) => space == pod.Meta.Namespace ? "it holds for the whole namespace of the service's pods" : "it holds for the whole mesh, and nothing narrower sets a mode";
}
