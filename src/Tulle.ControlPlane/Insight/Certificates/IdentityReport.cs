using Tulle.ControlPlane.Insight.Endpoints;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Insight.Certificates;

/// <summary>An identity and who has it.</summary>
/// <param name="Namespace">Of the service account.</param>
/// <param name="ServiceAccount">Its name.</param>
/// <param name="SpiffeId">The identity.</param>
/// <param name="Pods">By name, each with the certificate that its proxy says it holds; null when it has not said.</param>
internal sealed record IdentityReport(string Namespace, string ServiceAccount, string SpiffeId, IReadOnlyList<(string Name, ProxyCertificate? Certificate)> Pods)
{
    /// <param name="pods">The pods of the mesh.</param>
    /// <param name="health">What their proxies said.</param>
    /// <param name="namespace">Null for all.</param>
    public static IReadOnlyList<IdentityReport> Of(IEnumerable<WorkloadPod> pods, HealthStore health, string? @namespace) =>
    [
        .. pods.Where(pod => pod.Meshed && (@namespace is null || pod.Namespace == @namespace))
            .GroupBy(pod => (pod.Namespace, pod.Identity))
            .OrderBy(group => group.Key.Namespace, StringComparer.Ordinal).ThenBy(group => group.Key.Identity, StringComparer.Ordinal)
            .Select(group => new IdentityReport(
                group.Key.Namespace, group.Key.Identity[(group.Key.Identity.LastIndexOf('/') + 1)..], group.Key.Identity,
                [.. group.OrderBy(pod => pod.Name, StringComparer.Ordinal).Select(pod => (pod.Name, health.Find(pod.Proxy)?.Certificate))])),
    ];
}
