using Tulle.ApiServer.Tables;

namespace Tulle.ApiServer.Tests.Tables;

public sealed class DurationsTests
{
    [Theory]
    [InlineData(0, "0s")]
    [InlineData(119, "119s")]
    [InlineData(120, "2m")]
    [InlineData(303, "5m3s")]
    [InlineData(601, "10m")]
    [InlineData(10799, "179m")]
    [InlineData(11520, "3h12m")]
    [InlineData(28800, "8h")]
    [InlineData(172799, "47h")]
    [InlineData(176400, "2d1h")]
    [InlineData(691200, "8d")]
    [InlineData(63072000, "2y")]
    public void Human_Span_AsKubectlUsersKnowIt(long seconds, string expected) =>
        Assert.Equal(expected, Durations.Human(TimeSpan.FromSeconds(seconds)));
}
