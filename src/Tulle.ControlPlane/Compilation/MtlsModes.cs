using Tulle.ControlPlane.Registry;
using Tulle.Model.Resources;
using Tulle.Protocol;

namespace Tulle.ControlPlane.Compilation;

/// <summary>
/// Which connections a pod takes: a port of a policy for the workload beats the policy itself, then comes the policy of
/// the namespace, then that of the mesh; unset inherits; permissive is the default. In one scope the oldest object wins.
/// </summary>
internal sealed class MtlsModes
{
    private MtlsModes(PeerAuthentication? workload, PeerAuthentication? inherited) => (Workload, Inherited) = (workload, inherited);

    /// <summary>The policy that selects the pod; null when none does.</summary>
    public PeerAuthentication? Workload { get; }

    /// <summary>The policy that sets the mode of its namespace or, failing that, of the mesh; null when none does.</summary>
    public PeerAuthentication? Inherited { get; }

    /// <summary>Whether <see cref="Inherited"/> has an effect.</summary>
    public bool IsInherited => (Workload?.Mode ?? PeerMtlsMode.Unset) == PeerMtlsMode.Unset;

    /// <summary>Mode of ports that no policy names.</summary>
    public MtlsMode Default => ToProtocol((IsInherited ? Inherited?.Mode : Workload?.Mode) ?? PeerMtlsMode.Unset);

    /// <summary>Ports that a policy names, in order.</summary>
    public IEnumerable<int> Ports => Workload?.PortModes.Keys.Order() ?? Enumerable.Empty<int>();

    public static MtlsModes Of(MeshSnapshot snapshot, string @namespace, IReadOnlyDictionary<string, string> labels)
    {
        IReadOnlyList<PeerAuthentication> own = snapshot.PeerAuthentications.GetValueOrDefault(@namespace) ?? [];
        // A selector in the root namespace selects nothing elsewhere, and Istio ignores it there too.
        PeerAuthentication? workload = snapshot.Settings.RootNamespaces.Contains(@namespace)
            ? null
            : own.FirstOrDefault(policy => policy.Selector is { } selector && Selects(selector, labels));
        PeerAuthentication? inherited = ForAll(own);
        foreach (string root in snapshot.Settings.RootNamespaces)
            inherited ??= ForAll(snapshot.PeerAuthentications.GetValueOrDefault(root) ?? []);
        return new MtlsModes(workload, inherited);
    }

    /// <summary>Mode of a port of the pod (not of the service).</summary>
    public MtlsMode Port(int port) =>
        Workload is not null && Workload.PortModes.TryGetValue(port, out PeerMtlsMode mode) && mode != PeerMtlsMode.Unset ? ToProtocol(mode) : Default;

    internal static bool Selects(IReadOnlyDictionary<string, string> selector, IReadOnlyDictionary<string, string> labels)
    {
        foreach ((string key, string value) in selector)
        {
            if (!labels.TryGetValue(key, out string? actual) || actual != value) return false;
        }
        return true;
    }

    /// <summary>The oldest that selects nothing, if it sets a mode.</summary>
    private static PeerAuthentication? ForAll(IReadOnlyList<PeerAuthentication> policies) =>
        policies.FirstOrDefault(policy => policy.Selector is null) is { Mode: not PeerMtlsMode.Unset } oldest ? oldest : null;

    private static MtlsMode ToProtocol(PeerMtlsMode mode) => mode switch
    {
        PeerMtlsMode.Strict => MtlsMode.MtlsStrict,
        PeerMtlsMode.Disable => MtlsMode.MtlsDisable,
        _ => MtlsMode.MtlsPermissive,
    };
}
