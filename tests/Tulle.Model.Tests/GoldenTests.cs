using System.Text;
using Tulle.Model.Documents;
using Tulle.Model.Findings;
using Tulle.Model.Validation;

namespace Tulle.Model.Tests;

/// <summary>
/// Each folder of Golden holds an <c>input.yaml</c> and the <c>findings.txt</c> that reading and reviewing it gives. To add a case, add a
/// folder with its input and run with <c>UPDATE_GOLDEN=1</c>; then read what was written.
/// </summary>
public sealed class GoldenTests
{
    private static readonly string s_folder = Path.Combine(Repository.TestFolder, "Golden");

    public static TheoryData<string> Cases => [.. Directory.GetDirectories(s_folder).Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Review_Input_GivesTheFindings(string name)
    {
        string folder = Path.Combine(s_folder, name);
        string actual = Describe(File.ReadAllText(Path.Combine(folder, "input.yaml")));
        string path = Path.Combine(folder, "findings.txt");
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
            File.WriteAllText(path, actual);
        Assert.True(File.Exists(path), $"{path} is missing; run with UPDATE_GOLDEN=1");
        Assert.Equal(File.ReadAllText(path), actual);
    }

    private static string Describe(string text)
    {
        (IReadOnlyList<MappingNode> objects, IReadOnlyList<Finding> findings) = DocumentReader.ReadObjects(text, "input.yaml");
        var lines = new StringBuilder();
        // Objects of a text that could not be read properly are not reviewed.
        foreach (Finding finding in findings.Count > 0 ? findings : objects.SelectMany(obj => ResourceReview.Review(obj)))
            lines.Append(Word(finding.Severity)).Append(' ').Append(finding).Append(" [").Append(finding.Reason).Append("]\n");
        return lines.Length == 0 ? "no findings\n" : lines.ToString();
    }

    private static string Word(Severity severity) => severity switch
    {
        Severity.Error => "error",
        Severity.Warning => "warning",
        _ => "not applied",
    };
}
