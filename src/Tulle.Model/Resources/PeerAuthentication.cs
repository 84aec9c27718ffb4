using System.Globalization;
using Tulle.Model.Documents;
using Tulle.Model.Schemas.Mesh.Istio;
using Tulle.Model.Validation;

namespace Tulle.Model.Resources;

/// <summary>Whether a workload takes mutual TLS.</summary>
public enum PeerMtlsMode
{
    /// <summary>Inherit from the wider scope.</summary>
    Unset,
    Disable,
    Permissive,
    Strict,
}

/// <summary>Whether workloads take plaintext, mutual TLS, or both.</summary>
/// <param name="Selector">Labels of the workloads; null for all of the namespace (or of the mesh, in the root namespace).</param>
/// <param name="Mode">Mode of all ports.</param>
/// <param name="PortModes">Modes of single workload ports (not service ports).</param>
public sealed record PeerAuthentication(
    ObjectMeta Meta, IReadOnlyDictionary<string, string>? Selector, PeerMtlsMode Mode, IReadOnlyDictionary<int, PeerMtlsMode> PortModes)
{
    public static PeerAuthentication Decode(MappingNode obj)
    {
        obj = FieldNames.Normalize(PeerAuthenticationSchema.Kind, obj);
        Node? spec = obj["spec"];
        IReadOnlyDictionary<string, string> labels = spec.Get("selector").GetTextMap("matchLabels");
        var ports = new Dictionary<int, PeerMtlsMode>();
        foreach ((string port, PeerMtlsMode mode) in spec.GetMap("portLevelMtls", node => ParseMode(node.GetText("mode"))))
        {
            if (int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
                ports[number] = mode;
        }
        return new PeerAuthentication(ObjectMeta.Decode(obj), labels.Count == 0 ? null : labels, ParseMode(spec.Get("mtls").GetText("mode")), ports);
    }

    private static PeerMtlsMode ParseMode(string? mode) => mode switch
    {
        "DISABLE" => PeerMtlsMode.Disable,
        "PERMISSIVE" => PeerMtlsMode.Permissive,
        "STRICT" => PeerMtlsMode.Strict,
        _ => PeerMtlsMode.Unset,
    };
}
