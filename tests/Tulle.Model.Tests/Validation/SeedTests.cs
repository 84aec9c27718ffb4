using Tulle.Model.Documents;
using Tulle.Model.Findings;
using Tulle.Model.Validation;

namespace Tulle.Model.Tests.Validation;

public sealed class SeedTests
{
    // Exactly the fields of the seeds that have no effect yet; whoever makes one take effect removes it here.
    private static readonly Dictionary<string, string[]> s_notApplied = new()
    {
        ["destinationrule-circuit-breaking.yaml"] = [],
        ["peerauthentication-strict.yaml"] = [],
        ["serviceprofile-routes.yaml"] = [],
        ["serviceprofile-timeout-retries.yaml"] = [],
        ["trafficsplit-canary.yaml"] = [],
        ["virtualservice-canary.yaml"] = [],
        ["virtualservice-timeout-retries.yaml"] = [],
    };

    public static TheoryData<string> Seeds => [.. Repository.SeedFiles.Select(Path.GetFileName).OfType<string>()];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Review_Seed_AdmitsItAndNamesWhatHasNoEffect(string file)
    {
        string text = File.ReadAllText(Path.Combine(Repository.Root, "samples", "seed", file));
        (IReadOnlyList<MappingNode> objects, IReadOnlyList<Finding> findings) = DocumentReader.ReadObjects(text, file);
        Assert.Empty(findings);
        MappingNode seed = Assert.Single(objects);

        IReadOnlyList<Finding> review = ResourceReview.Review(seed);

        Assert.DoesNotContain(review, finding => finding.Severity == Severity.Error);
        Assert.Equal(s_notApplied[file].Order(), review.Where(finding => finding.Severity == Severity.NotApplied).Select(finding => finding.Field).Order());
    }
}
