using Tulle.Metrics;
using Tulle.Proxy.Telemetry;
using Tulle.Testing;

namespace Tulle.Proxy.Tests.Telemetry;

public sealed class MetricsReferenceTests
{
    [Fact]
    public void Reference_HasTheProxysMetricsAsTheyAreDefined()
    {
        string path = RepositoryFolder.PathOf("docs", "reference", "metrics.md");
        string actual = File.ReadAllText(path);
        string expected = MetricsReference.Replace(actual, "proxy", MetricsReference.Table(ProxyMetrics.All));
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1") File.WriteAllText(path, actual = expected);
        Assert.True(expected == actual, "docs/reference/metrics.md is stale; write its tables anew with: UPDATE_DOCS=1 ./test Proxy");
    }

    [Fact]
    public void Names_FollowTheConventions() => Assert.All(ProxyMetrics.All, metric =>
    {
        Assert.Matches("^[a-z][a-z0-9_]*$", metric.Name);
        Assert.Equal(metric.Kind == MetricKind.Counter, metric.Name.EndsWith("_total", StringComparison.Ordinal));
        if (metric.Unit.Length > 0) Assert.EndsWith('_' + metric.Unit, metric.Family, StringComparison.Ordinal);
        Assert.EndsWith(".", metric.Help, StringComparison.Ordinal);
    });
}
