using System.Text;
using Tulle.Model.Documents;
using Tulle.Model.Findings;
using Tulle.Model.Schemas;
using Tulle.Model.Validation;

namespace Tulle.Model.Tests.Validation;

public sealed class SchemaCheckTests
{
    private static readonly ResourceKind s_kind = ResourceCatalog.ByKind("security.istio.io", "PeerAuthentication")!;

    [Theory]
    [InlineData(UnknownFields.Error, Severity.Error)]
    [InlineData(UnknownFields.Warn, Severity.Warning)]
    public void Check_UnknownAndDuplicateFields_AreAsSevereAsAsked(UnknownFields unknown, Severity severity)
    {
        IReadOnlyList<Finding> findings = SchemaCheck.Check(s_kind, UnknownAndDuplicate(), unknown);
        Assert.Equal([(severity, "FieldValueUnknown", "spec.nope"), (severity, "FieldValueDuplicate", "spec.mtls.mode")],
            findings.Select(finding => (finding.Severity, finding.Reason, finding.Field)));
    }

    [Fact]
    public void Check_UnknownFieldsIgnored_SaysNothing()
    {
        Assert.Empty(SchemaCheck.Check(s_kind, UnknownAndDuplicate(), UnknownFields.Ignore));
    }

    [Fact]
    public void Check_JsonNumbers_IntegralFloatsAreIntegers()
    {
        ResourceKind kind = ResourceCatalog.ByKind("networking.istio.io", "VirtualService")!;
        MappingNode Object(string weight) => (MappingNode)DocumentReader.ReadJson(Encoding.UTF8.GetBytes(
            $$$"""{"apiVersion":"networking.istio.io/v1","kind":"VirtualService","metadata":{"name":"x"},"spec":{"hosts":["a"],"http":[{"route":[{"destination":{"host":"a"},"weight":{{{weight}}}}]}]}}""")).Documents[0];
        Assert.Empty(SchemaCheck.Check(kind, Object("1.0")));
        Assert.Equal("expected a whole number, found the number 1.5", Assert.Single(SchemaCheck.Check(kind, Object("1.5"))).Message);
    }

    [Fact]
    public void Check_NullFields_AreAbsent()
    {
        Assert.Empty(SchemaCheck.Check(s_kind, Yaml.Object("{apiVersion: security.istio.io/v1, kind: PeerAuthentication, metadata: {name: x, labels: }, spec: {mtls: , selector: }}")));
    }

    [Fact]
    public void CheckRules_AfterTheSchemaCheck_GivesOnlyTheRest()
    {
        MappingNode obj = Yaml.Object("{apiVersion: security.istio.io/v1, kind: PeerAuthentication, metadata: {name: X}, spec: {nope: 1}}");
        Assert.Equal("metadata.name", Assert.Single(ResourceReview.CheckRules(s_kind, obj)).Field);
    }

    private static MappingNode UnknownAndDuplicate() => (MappingNode)DocumentReader.ReadJson(
        """{"apiVersion":"security.istio.io/v1","kind":"PeerAuthentication","metadata":{"name":"x"},"spec":{"nope":1,"mtls":{"mode":"STRICT","mode":"STRICT"}}}"""u8).Documents[0];
}
