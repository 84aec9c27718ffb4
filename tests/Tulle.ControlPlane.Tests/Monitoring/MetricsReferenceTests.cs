using Tulle.ControlPlane.Monitoring;
using Tulle.Metrics;
using Tulle.Testing;

namespace Tulle.ControlPlane.Tests.Monitoring;

public sealed class MetricsReferenceTests
{
    [Fact]
    public void Reference_HasTheControlPlanesMetricsAsTheyAreDefined()
    {
        string path = RepositoryFolder.PathOf("docs", "reference", "metrics.md");
        string actual = File.ReadAllText(path);
        string expected = MetricsReference.Replace(actual, "control plane", MetricsReference.Table(ControlPlaneMetrics.All));
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") == "1") File.WriteAllText(path, actual = expected);
        Assert.True(expected == actual, "docs/reference/metrics.md is stale; write its tables anew with: UPDATE_DOCS=1 ./test ControlPlane");
    }
}
