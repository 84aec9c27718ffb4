using System.Globalization;
using System.Text.RegularExpressions;
using Tulle.ControlPlane.Insight;
using Tulle.Testing;

namespace Tulle.ControlPlane.Tests.Insight;

public sealed partial class SuccessHealthTests
{
    // The same cases as in src/dashboard/test/format.test.ts.
    [Theory]
    [InlineData(0.95, 20, HealthState.Healthy)]
    [InlineData(0.9, 1000, HealthState.Failing)]
    [InlineData(0.96, 50, HealthState.Healthy)]
    [InlineData(0.96, 1000, HealthState.Degraded)]
    [InlineData(0, 3, HealthState.Failing)]
    [InlineData(0.99, 1000, HealthState.Healthy)]
    [InlineData(0, 0, HealthState.Healthy)]
    public void Of_ShareAndCount_IsJudgedByTheBestItMayBe(double success, ulong requests, HealthState expected) =>
        Assert.Equal(expected, SuccessHealth.Of(success, requests));

    [Fact]
    public void Thresholds_OfTheDashboard_AreTheSame()
    {
        string source = File.ReadAllText(RepositoryFolder.PathOf("src", "dashboard", "src", "format", "health.ts"));
        Assert.Equal(
            [("BAD", SuccessHealth.Failing), ("WARN", SuccessHealth.Degraded), ("CERTAINTY", SuccessHealth.Certainty)],
            Constant().Matches(source).Select(match => (match.Groups[1].Value, double.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture))));
    }

    [GeneratedRegex(@"(?m)^const ([A-Z]+) = ([\d.]+);$")]
    private static partial Regex Constant();
}
