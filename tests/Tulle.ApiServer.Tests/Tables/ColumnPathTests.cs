using System.Text.Json.Nodes;
using Tulle.ApiServer.Objects;
using Tulle.ApiServer.Tables;

namespace Tulle.ApiServer.Tests.Tables;

public sealed class ColumnPathTests
{
    private static readonly JsonNode Value = JsonNode.Parse("""
        {"spec":{"hosts":["a","b"],"n":3,"ports":[{"port":80},{"port":90}]},
         "metadata":{"labels":{"app.kubernetes.io/name":"web"}},
         "status":{"conditions":[{"type":"Ready","status":"True"},{"type":"Other","status":"False"}]}}
        """)!;

    [Theory]
    [InlineData(".spec.hosts", "a,b")]
    [InlineData(".spec.hosts[*]", "a,b")]
    [InlineData(".spec.hosts[1]", "b")]
    [InlineData(".spec.ports[*].port", "80,90")]
    [InlineData(".metadata.labels.app\\.kubernetes\\.io/name", "web")]
    [InlineData(".status.conditions[?(@.type==\"Ready\")].status", "True")]
    [InlineData("{.spec.n}", "3")]
    [InlineData(".spec.missing", "")]
    public void Cell_Path_FindsValue(string path, string expected) =>
        Assert.Equal(expected, ColumnPath.Parse(path).Cell(Value, "string").Display());
}
