using System.Text.Json.Nodes;
using Tulle.ApiServer.Errors;
using Tulle.ApiServer.Selectors;
using Tulle.Model.Schemas;

namespace Tulle.ApiServer.Tests.Selectors;

public sealed class FieldSelectorTests
{
    private static readonly ResourceKind Pod = ResourceCatalog.ByKind("", "Pod")!;

    private static readonly JsonObject Value = new()
    {
        ["metadata"] = new JsonObject { ["name"] = "a", ["namespace"] = "shop" },
        ["status"] = new JsonObject { ["phase"] = "Running" },
    };

    [Theory]
    [InlineData("metadata.name=a", true)]
    [InlineData("metadata.name==a,status.phase=Running", true)]
    [InlineData("status.phase!=Running", false)]
    [InlineData("spec.nodeName=", true)]
    [InlineData("metadata.namespace=other", false)]
    public void Matches_Selector_ComparesFields(string selector, bool matches) =>
        Assert.Equal(matches, FieldSelector.Parse(selector, Pod).Matches(Value));

    [Fact]
    public void Parse_UnknownField_NamesTheKnownOnes()
    {
        ApiException error = Assert.Throws<ApiException>(() => FieldSelector.Parse("spec.foo=1", Pod));
        Assert.Equal(400, error.Code);
        Assert.Contains("field label not supported: spec.foo", error.Message, StringComparison.Ordinal);
        Assert.Contains("spec.nodeName", error.Message, StringComparison.Ordinal);
    }
}
