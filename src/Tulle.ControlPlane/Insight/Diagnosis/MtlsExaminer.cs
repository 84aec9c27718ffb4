using Tulle.ControlPlane.Compilation;
using Tulle.Model.Resources;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight.Diagnosis;

/// <summary>Whether clients come with mutual TLS where it is demanded.</summary>
internal sealed class MtlsExaminer : IExaminer
{
    public Examination Examine(Subject subject)
    {
        MtlsMode[] modes = [.. subject.Pods.Select(pod => MtlsModes.Of(subject.Snapshot, subject.Key.Namespace, pod.Meta.Labels).Default).Distinct()];
        string mode = modes.Length == 0 ? "no pods" : Words.List(modes.Select(Name));
        string secured = subject.Received.Mtls is { } share ? $"; {Words.Percent(share)} of what it received came over mesh mTLS" : "";
        return new Examination("mtls", $"{mode}{secured}", [.. Find(subject)]);
    }

    private static IEnumerable<Finding> Find(Subject subject)
    {
        ulong refused = subject.Explain(subject.Received, "mtls-required");
        if (refused == 0) yield break;
        ulong all = Math.Max(subject.Received.Requests, refused);
        string policy = PolicyOf(subject) is { } name ? $" ({name})" : "";
        WorkloadPod[] outside = [.. subject.AllPods.Where(pod => !pod.Meshed)];
        string who = outside.Length > 0 ? $"; pods without a sidecar are {Words.List(outside.Select(pod => $"{pod.Namespace}/{pod.Name}"))}" : "";
        yield return new Finding(
            Causes.PlaintextRefused, Words.LevelOf((double)refused / all), subject.Name,
            $"its mTLS mode is STRICT{policy}, and clients outside the mesh came with plaintext and were refused",
            $"bring the caller into the mesh, so that its requests carry mTLS{who}; or let plaintext in while you migrate: set the PeerAuthentication's mode to PERMISSIVE")
        {
            Evidence = [$"{Words.Number(refused)} of {Words.Count(all, "request")} were refused with mtls-required in the last {subject.Window}"],
        };
    }

    private static string? PolicyOf(Subject subject)
    {
        IEnumerable<string> scopes = new[] { subject.Key.Namespace }.Concat(subject.Snapshot.Settings.RootNamespaces);
        foreach (PeerAuthentication policy in scopes.SelectMany(scope => subject.Snapshot.PeerAuthentications.GetValueOrDefault(scope) ?? []))
        {
            bool selects = policy.Selector is not { } selector || subject.Pods.Any(pod => MtlsModes.Selects(selector, pod.Meta.Labels));
            if (selects && (policy.Mode == PeerMtlsMode.Strict || policy.PortModes.Values.Contains(PeerMtlsMode.Strict)))
                return $"PeerAuthentication {policy.Meta.Namespace}/{policy.Meta.Name}";
        }
        return null;
    }

    private static string Name(MtlsMode mode) => mode switch { MtlsMode.MtlsStrict => "STRICT", MtlsMode.MtlsDisable => "DISABLE", _ => "PERMISSIVE" };
}
