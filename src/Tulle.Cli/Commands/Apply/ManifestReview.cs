using Tulle.Cli.Resources;
using Tulle.Cli.Terminal;
using Tulle.Model.Findings;
using Tulle.Model.Validation;

namespace Tulle.Cli.Commands.Apply;

/// <summary>What is wrong with the objects of some files, found before anything is sent.</summary>
internal sealed class ManifestReview
{
    private readonly List<(Manifest Manifest, Finding Finding)> _findings = [];

    public int Errors => _findings.Count(f => f.Finding.Severity == Severity.Error);

    public static ManifestReview Of(IReadOnlyList<Manifest> manifests)
    {
        ManifestReview review = new();
        foreach (Manifest manifest in manifests)
        {
            review._findings.AddRange(ResourceReview.Review(manifest.Node).Select(finding => (manifest, finding)));
        }
        return review;
    }

    /// <summary>Whether a warning of the server repeats one of these findings.</summary>
    public bool Said(string warning) => _findings.Any(f => warning.Contains(f.Finding.Message, StringComparison.Ordinal));

    public void Print(CliEnvironment environment)
    {
        foreach ((Manifest manifest, Finding finding) in _findings)
        {
            FindingText.Write(environment, finding, finding.Location.Line == 0 ? manifest.Label : "");
        }
    }
}
