using System.CommandLine;
using Tulle.Cli.Output;

namespace Tulle.Cli.Insight;

/// <summary>The option <c>--window</c>: the time that numbers are taken over.</summary>
internal static class WindowOption
{
    public static Option<TimeSpan> Create() => new("--window", "-t", "--time-window")
    {
        HelpName = "DURATION",
        Description = "Time the numbers are taken over; 30s unless given",
        CustomParser = Duration.Parse,
        DefaultValueFactory = _ => TimeSpan.FromSeconds(30),
    };

    /// <summary>The parameter of the insight API.</summary>
    public static (string Name, string? Value) Query(TimeSpan window) =>
        ("window", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{window.TotalSeconds:0.###}s"));
}
