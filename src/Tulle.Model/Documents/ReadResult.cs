using Tulle.Model.Findings;

namespace Tulle.Model.Documents;

/// <summary>What was read from a text: its documents, and what is wrong with the text.</summary>
/// <param name="Documents">The roots, up to the place where the text could not be read further.</param>
/// <param name="Findings">Errors of syntax and duplicate keys; with any of them the text should not be used.</param>
public sealed record ReadResult(IReadOnlyList<Node> Documents, IReadOnlyList<Finding> Findings)
{
    public bool HasErrors => Findings.Any(finding => finding.Severity == Severity.Error);
}
