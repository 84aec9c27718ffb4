namespace Tulle.Metrics.Tests;

public sealed class MetricsReferenceTests
{
    [Fact]
    public void Table_Definition_IsARow() => Assert.EndsWith(
        "| `a_total` | counter | bytes | traffic labels, `b` | One \\| two. | stable |\n",
        MetricsReference.Table([MetricDefinition.Counter("a_total", "bytes", ["*traffic labels", "b"], "One | two.")]),
        StringComparison.Ordinal);

    [Fact]
    public void Replace_Part_IsWrittenAnewAndTheRestStays() => Assert.Equal(
        "before\n<!-- generated: x -->\nnew\n<!-- end: x -->\nafter\n",
        MetricsReference.Replace("before\n<!-- generated: x -->\nold\n<!-- end: x -->\nafter\n", "x", "new\n"));

    [Fact]
    public void Replace_MissingPart_IsSaid() => Assert.Throws<FormatException>(() => MetricsReference.Replace("nothing", "x", ""));
}
