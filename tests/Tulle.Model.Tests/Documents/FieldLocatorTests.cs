using Tulle.Model.Documents;
using Tulle.Model.Findings;
using Tulle.Model.Validation;

namespace Tulle.Model.Tests.Documents;

public sealed class FieldLocatorTests
{
    [Theory]
    [InlineData("spec.http[0].match[0].headers[a.b].exact", 9)]
    [InlineData("spec.http[0].route[0].destination.host", 12)]
    [InlineData("spec.http[0].route[0].weight", 11)]
    [InlineData("spec.http[7]", 5)]
    [InlineData("", 1)]
    [InlineData("spec.http[", 5)]
    public void Locate_Field_FindsItOrWhatIsAroundIt(string field, int line)
    {
        const string Text = "kind: VirtualService\nmetadata:\n  name: x\nspec:\n  http:\n  - match:\n    - headers:\n        a.b:\n          exact: v\n    route:\n    - destination:\n        host: x\n";
        var obj = (MappingNode)DocumentReader.ReadYaml(Text, "f").Documents[0];
        Assert.Equal(line, FieldLocator.Locate(obj, field).Line);
    }

    [Fact]
    public void Locate_FieldOfEveryGoldenFinding_IsItsLine()
    {
        foreach (string file in Directory.GetFiles(Path.Combine(Repository.TestFolder, "Golden"), "input.yaml", SearchOption.AllDirectories))
        {
            (IReadOnlyList<MappingNode> objects, IReadOnlyList<Finding> findings) = DocumentReader.ReadObjects(File.ReadAllText(file), file);
            if (findings.Count > 0)
                continue;
            foreach (MappingNode obj in objects)
            {
                // A missing field is found at what is around it, and a snake-case one by its camel-case name.
                foreach (Finding finding in ResourceReview.Review(obj).Where(finding => finding.Reason != "FieldValueRequired"))
                    Assert.True(FieldLocator.Locate(obj, finding.Field).Line == finding.Location.Line, finding.ToString());
            }
        }
    }
}
