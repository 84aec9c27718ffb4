using Tulle.ControlPlane.Admission;
using Tulle.ControlPlane.Compilation;
using Tulle.ControlPlane.Distribution;
using Tulle.ControlPlane.Registry;
using Tulle.Model.Analysis;
using Tulle.Model.Findings;

namespace Tulle.ControlPlane.Insight.Configuration;

/// <summary>What configures the mesh, with the findings of each object by itself and among the others. Thread-safe.</summary>
internal sealed class ConfigurationList(ConfiguredObjects objects, MeshViews views, SnapshotAnalyses analyses)
{
    /// <param name="namespace">Null for all.</param>
    public IEnumerable<ConfigurationItem> Items(string? @namespace)
    {
        IReadOnlyList<ObjectFinding> found = views.Current is CompiledView view ? analyses.Findings(view.Snapshot) : [];
        ILookup<ObjectReference, Finding> byObject = found.ToLookup(finding => new ObjectReference(finding.Kind, finding.Namespace, finding.Name), finding => finding.Finding);
        return objects.All.Where(item => @namespace is null || item.Reference.Namespace == @namespace).Select(item => new ConfigurationItem(item, [.. item.Findings, .. byObject[item.Reference]]));
    }

    /// <summary>What is to be said of some objects.</summary>
    public IEnumerable<(ObjectReference Object, Finding Finding)> FindingsOf(IReadOnlySet<ObjectReference> wanted) =>
        Items(null).Where(item => wanted.Contains(item.Object.Reference)).SelectMany(item => item.Findings, (item, finding) => (item.Object.Reference, finding));

    /// <summary>Objects of kinds without effect that would route a service.</summary>
    public IEnumerable<ConfiguredObject> WouldRoute(ObjectKey service) => objects.All.Where(item => item.Routed.Contains(service));
}
