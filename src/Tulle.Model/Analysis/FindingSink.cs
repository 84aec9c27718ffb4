using Tulle.Model.Documents;
using Tulle.Model.Findings;
using Tulle.Model.Resources;

namespace Tulle.Model.Analysis;

/// <summary>Collects findings about one object.</summary>
internal readonly struct FindingSink(string kind, ObjectMeta meta, List<ObjectFinding> findings)
{
    /// <summary>
    /// Adds a warning. Analysis never refuses an object: what it misses may be applied next, as when a folder of manifests
    /// is applied in the order of the file names.
    /// </summary>
    public void Warn(string field, string message, string remedy, string reason) => findings.Add(
        new ObjectFinding(kind, meta.Namespace, meta.Name, new Finding(Severity.Warning, field, message, remedy, SourceLocation.None, reason)));
}
