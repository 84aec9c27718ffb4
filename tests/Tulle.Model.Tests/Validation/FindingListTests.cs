using System.Diagnostics;
using System.Text;
using Tulle.Model.Documents;
using Tulle.Model.Findings;
using Tulle.Model.Validation;

namespace Tulle.Model.Tests.Validation;

public sealed class FindingListTests
{
    [Fact]
    public void Review_CountlessMistakes_AreBoundedPerSeverity()
    {
        var text = new StringBuilder("apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: x}\nspec:\n  hosts: [a]\n  http:\n");
        for (int i = 0; i < 1000; i++)
            text.Append("  - {match: [{statPrefix: x}], nope: 1, route: [{destination: {host: a}}]}\n");

        IReadOnlyList<Finding> findings = ResourceReview.Review(Yaml.Object(text.ToString()));

        Assert.All(findings.CountBy(finding => finding.Severity), count => Assert.Equal(FindingList.MaxPerSeverity, count.Value));
        Assert.Contains(findings, finding => finding.Severity == Severity.Error);
        Assert.Contains(findings, finding => finding.Severity == Severity.NotApplied);
    }

    [Fact]
    public void Review_LargestObjects_TakeNoTimeToSpeakOf()
    {
        string[] objects =
        [
            Object($"hosts: [{string.Join(',', Enumerable.Range(0, 100_000).Select(i => $"a{i}.example.com"))}]"),
            Object($"hosts: [{string.Join(',', Enumerable.Range(0, 100_000).Select(i => $"'*.a{i}.example.com'"))}]"),
            Object("hosts: [a], " + string.Join(',', Enumerable.Range(0, 100_000).Select(i => $"unknown{i}: 1"))),
        ];
        foreach (string text in objects)
        {
            MappingNode obj = Yaml.Object(text);
            var watch = Stopwatch.StartNew();
            ResourceReview.Review(obj);
            // Quadratic work would take minutes; the bound leaves room for a busy machine.
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"{watch.Elapsed} for {text[..60]}");
        }
    }

    private static string Object(string spec) => $"{{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {{name: x}}, spec: {{{spec}, http: [{{route: [{{destination: {{host: a}}}}]}}]}}}}";
}
