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
    private readonly PeerAuthentication? _workload;
    private readonly PeerMtlsMode _inherited;

    private MtlsModes(PeerAuthentication? workload, PeerMtlsMode inherited) => (_workload, _inherited) = (workload, inherited);

    /// <summary>Mode of ports that no policy names.</summary>
    public MtlsMode Default => ToProtocol(First(_workload?.Mode ?? PeerMtlsMode.Unset, _inherited));

    /// <summary>Ports that a policy names, in order.</summary>
    public IEnumerable<int> Ports => _workload?.PortModes.Keys.Order() ?? Enumerable.Empty<int>();

    public static MtlsModes Of(MeshSnapshot snapshot, string @namespace, IReadOnlyDictionary<string, string> labels)
    {
        IReadOnlyList<PeerAuthentication> own = snapshot.PeerAuthentications.GetValueOrDefault(@namespace) ?? [];
        // A selector in the root namespace selects nothing elsewhere, and Istio ignores it there too.
        PeerAuthentication? workload = snapshot.Settings.RootNamespaces.Contains(@namespace)
            ? null
            : own.FirstOrDefault(policy => policy.Selector is { } selector && Selects(selector, labels));
        PeerMtlsMode mode = ModeOf(own);
        foreach (string root in snapshot.Settings.RootNamespaces)
            mode = First(mode, ModeOf(snapshot.PeerAuthentications.GetValueOrDefault(root) ?? []));
        return new MtlsModes(workload, mode);
    }

    /// <summary>Mode of a port of the pod (not of the service).</summary>
    public MtlsMode Port(int port) =>
        _workload is not null && _workload.PortModes.TryGetValue(port, out PeerMtlsMode mode) && mode != PeerMtlsMode.Unset ? ToProtocol(mode) : Default;

    internal static bool Selects(IReadOnlyDictionary<string, string> selector, IReadOnlyDictionary<string, string> labels)
    {
        foreach ((string key, string value) in selector)
        {
            if (!labels.TryGetValue(key, out string? actual) || actual != value) return false;
        }
        return true;
    }

    private static PeerMtlsMode ModeOf(IReadOnlyList<PeerAuthentication> policies) =>
        policies.FirstOrDefault(policy => policy.Selector is null)?.Mode ?? PeerMtlsMode.Unset;

    private static PeerMtlsMode First(PeerMtlsMode narrow, PeerMtlsMode wide) => narrow == PeerMtlsMode.Unset ? wide : narrow;

    private static MtlsMode ToProtocol(PeerMtlsMode mode) => mode switch
    {
        PeerMtlsMode.Strict => MtlsMode.MtlsStrict,
        PeerMtlsMode.Disable => MtlsMode.MtlsDisable,
        _ => MtlsMode.MtlsPermissive,
    };
}
