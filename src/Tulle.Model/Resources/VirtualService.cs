using Tulle.Model.Documents;
using Tulle.Model.Schemas.Mesh.Istio;
using Tulle.Model.Validation;

namespace Tulle.Model.Resources;

/// <summary>How requests to some hosts are routed.</summary>
/// <param name="Hosts">As written: short names are relative to the object's namespace.</param>
/// <param name="Gateways">As written; empty means the mesh.</param>
/// <param name="Http">Ordered; the first rule that matches decides.</param>
public sealed record VirtualService(
    ObjectMeta Meta, IReadOnlyList<string> Hosts, IReadOnlyList<string> Gateways, IReadOnlyList<string> ExportTo, IReadOnlyList<HttpRule> Http)
{
    /// <summary>For TLS connections, by server name; ordered, the first that matches decides.</summary>
    public IReadOnlyList<ConnectionRule> Tls { get; init; } = [];

    /// <summary>For other connections that are not HTTP; ordered, the first that matches decides.</summary>
    public IReadOnlyList<ConnectionRule> Tcp { get; init; } = [];

    /// <summary>Every destination that its rules name, mirrors included.</summary>
    public IEnumerable<Destination> Destinations =>
        Http.SelectMany(rule => rule.Destinations).Concat(Tls.Concat(Tcp).SelectMany(rule => rule.Route).Select(share => share.Destination));

    /// <summary>Whether sidecars apply it; otherwise only gateways do.</summary>
    public bool AppliesToMesh => Gateways.Count == 0 || Gateways.Contains("mesh");

    public static VirtualService Decode(MappingNode obj)
    {
        obj = FieldNames.Normalize(VirtualServiceSchema.Kind, obj);
        Node? spec = obj["spec"];
        ObjectMeta meta = ObjectMeta.Decode(obj);
        return new VirtualService(meta, spec.GetTexts("hosts"), spec.GetTexts("gateways"), spec.GetTexts("exportTo"),
            spec.GetList("http", rule => HttpRule.Decode(rule, meta.Annotations)))
        {
            Tls = spec.GetList("tls", ConnectionRule.Decode),
            Tcp = spec.GetList("tcp", ConnectionRule.Decode),
        };
    }
}
