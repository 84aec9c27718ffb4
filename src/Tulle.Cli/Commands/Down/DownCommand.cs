using System.CommandLine;
using Tulle.Cli.Machine;
using Tulle.Cli.Terminal;
using Tulle.Local.Hosting;

namespace Tulle.Cli.Commands.Down;

/// <summary>Stops the mesh of this machine, or ends what a killed one left behind.</summary>
internal sealed class DownCommand : Verb
{
    // Requests under way get up to ten seconds in each layer of services; a mesh rarely needs one.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public DownCommand(CliEnvironment environment) : base("down", "Stop the mesh of this machine", environment)
    {
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("tulle down", "stop the running mesh, or end what a killed one left behind; its objects stay for the next 'tulle up'"),
    ];

    protected override async Task<int> RunAsync(ParseResult line, CancellationToken stop)
    {
        switch (await MeshStop.RunAsync(MeshFiles.Home(Environment), Patience, Environment.Clock, stop))
        {
            case MeshStopOutcome.Stopped:
                Say.Line(Environment, "the mesh is stopped");
                return ExitCodes.Success;
            case MeshStopOutcome.LeftoversEnded:
                Say.Line(Environment, "no mesh was running; processes that an earlier one had left behind were ended");
                return ExitCodes.Success;
            case MeshStopOutcome.NothingRan:
                Say.Line(Environment, "no mesh is running");
                return ExitCodes.Success;
            default:
                throw new CliException($"the mesh did not stop within {Patience.TotalSeconds:0} s; run 'tulle down' again, or kill its process and then run 'tulle down'");
        }
    }
}
