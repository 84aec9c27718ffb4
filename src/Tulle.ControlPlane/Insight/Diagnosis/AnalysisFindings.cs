using Tulle.ControlPlane.Insight.Effective;
using Tulle.Model.Findings;

namespace Tulle.ControlPlane.Insight.Diagnosis;

/// <summary>What the analysis of the mesh's objects says of those that concern a service, as findings.</summary>
internal static class AnalysisFindings
{
    /// <summary>Adds them to what was found. An object that is known to be the cause of something gets them as evidence of it: it is told once.</summary>
    public static IEnumerable<Finding> With(IReadOnlyList<Finding> found, IReadOnlyList<EffectiveWarning> warnings)
    {
        ILookup<string, EffectiveWarning> byObject = warnings.ToLookup(warning => warning.Object.ToString(), StringComparer.Ordinal);
        var told = new HashSet<string>(StringComparer.Ordinal);
        foreach (Finding finding in found)
        {
            bool first = told.Add(finding.Where);
            yield return first ? finding with { Evidence = [.. finding.Evidence, .. byObject[finding.Where].Select(warning => Text(warning.Finding))] } : finding;
        }
        foreach (EffectiveWarning warning in warnings.Where(warning => !told.Contains(warning.Object.ToString()))) yield return Of(warning);
    }

    private static Finding Of(EffectiveWarning warning) => new(
        warning.Finding.Severity == Severity.NotApplied ? Causes.NotApplied : Causes.ConfigurationWarning,
        warning.Finding.Severity == Severity.NotApplied ? FindingLevel.Info : FindingLevel.Warning,
        warning.Object.ToString(), Text(warning.Finding),
        warning.Finding.Remedy.Length > 0 ? warning.Finding.Remedy
            : warning.Finding.Severity == Severity.NotApplied ? "do without it in this version; it may stay in the object" : "correct it with 'tulle apply -f FILE' or 'kubectl edit'");

    private static string Text(Model.Findings.Finding finding) => finding.Field.Length == 0 ? finding.Message : $"{finding.Field}: {finding.Message}";
}
