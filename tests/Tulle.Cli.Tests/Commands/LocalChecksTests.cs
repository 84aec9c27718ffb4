using System.Runtime.Versioning;
using Tulle.Cli.Commands.Check;

namespace Tulle.Cli.Tests.Commands;

[SupportedOSPlatform("linux")]
public sealed class LocalChecksTests
{
    [Theory]
    [InlineData(0, "error", "the disk of /srv/mesh has 0 MiB left: changes are refused, and history, traces and logs are lost")]
    [InlineData(100L << 20, "warning", "the disk of /srv/mesh has 100 MiB left")]
    [InlineData(10L << 30, "success", "")]
    public void Room_OnTheDisk_IsJudged(long bytes, string result, string error)
    {
        CheckOutcome outcome = LocalChecks.Room("/srv/mesh", bytes);
        Assert.Equal((result, error), (outcome.Result.ToString().ToLowerInvariant(), outcome.Error));
    }
}
