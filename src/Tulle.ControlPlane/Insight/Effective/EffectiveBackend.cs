using Tulle.ControlPlane.Compilation;
using Tulle.ControlPlane.Registry;
using Tulle.Model.Resources;
using Tulle.Protocol;
using Endpoint = Tulle.Protocol.Endpoint;

namespace Tulle.ControlPlane.Insight.Effective;

/// <summary>Where routes lead.</summary>
/// <param name="Compiled">What a client's proxy is told of it.</param>
/// <param name="Labels">Of the pods of its subset; empty without one.</param>
/// <param name="Mtls">What its pods take: <c>strict</c>, <c>permissive</c>, <c>disable</c> or <c>mixed</c>; null without pods.</param>
internal sealed record EffectiveBackend(Backend Compiled, IReadOnlyDictionary<string, string> Labels, string? Mtls)
{
    private static readonly IReadOnlyDictionary<string, string> NoLabels = new Dictionary<string, string>();

    public static EffectiveBackend Of(MeshSnapshot snapshot, Client client, Backend backend)
    {
        if (backend.Service is not { } service) return new EffectiveBackend(backend, NoLabels, null);
        var key = new ObjectKey(service.Namespace, service.Name);
        Subset? subset = backend.Subset.Length == 0 ? null : ClientRules.For(snapshot, client, key).Subset(backend.Subset);
        string[] modes = [.. backend.Endpoints.Select(endpoint => Mode(snapshot, service.Namespace, endpoint)).OfType<string>().Distinct()];
        return new EffectiveBackend(backend, subset?.Labels ?? NoLabels, modes.Length switch { 0 => null, 1 => modes[0], _ => "mixed" });
    }

    private static string? Mode(MeshSnapshot snapshot, string @namespace, Endpoint endpoint) => snapshot.Pods.TryGetValue(new ObjectKey(@namespace, endpoint.Pod), out Pod? pod)
        ? TrafficNames.MtlsModes.Of(MtlsModes.Of(snapshot, pod.Meta.Namespace, pod.Meta.Labels).Port((int)endpoint.Port))
        : null;
}
