using Tulle.Cli.Output;

namespace Tulle.Cli.Tests.Output;

public sealed class DurationTests
{
    [Theory]
    [InlineData("30s", 30)]
    [InlineData("500ms", 0.5)]
    [InlineData("1m30s", 90)]
    [InlineData("1.5h", 5400)]
    [InlineData("7d", 604800)]
    public void TryParse_GoSyntax_IsRead(string text, double seconds)
    {
        Assert.True(Duration.TryParse(text, out TimeSpan duration));
        Assert.Equal(TimeSpan.FromSeconds(seconds), duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("30")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("1w")]
    [InlineData("99999999999999h")]
    public void TryParse_AnythingElse_IsRefused(string text) => Assert.False(Duration.TryParse(text, out _));

    [Theory]
    [InlineData(0, "0ms")]
    [InlineData(0.0004, "1µs")]
    [InlineData(0.35, "350µs")]
    [InlineData(1.4, "1ms")]
    [InlineData(12, "12ms")]
    public void Text_Milliseconds_AreWholeOnes(double milliseconds, string text) => Assert.Equal(text, Duration.Text(milliseconds));
}
