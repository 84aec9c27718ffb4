using Tulle.Cli.Terminal;
using Tulle.Local.Hosting;

namespace Tulle.Cli.Machine;

/// <summary>Prints how the start of a mesh goes, on standard error.</summary>
internal sealed class ProgressPrinter(CliEnvironment environment) : IMeshProgress
{
    private readonly Lock _gate = new();
    private bool _quiet;

    /// <summary>From now on nothing is printed: the screen belongs to something else.</summary>
    public void Hush()
    {
        lock (_gate) _quiet = true;
    }

    public void Say(string line) => Print(line);

    public void ServiceReady(string service, int ready, int total) =>
        Print($"{Ansi.Green("✓", environment.ColourError)} {service} {Ansi.Dim($"({ready}/{total})", environment.ColourError)}");

    public void Trouble(string service, string why) => Print($"{Ansi.Yellow("!", environment.ColourError)} {service}: {why}");

    private void Print(string line)
    {
        lock (_gate)
        {
            if (!_quiet) Terminal.Say.Line(environment, line);
        }
    }
}
