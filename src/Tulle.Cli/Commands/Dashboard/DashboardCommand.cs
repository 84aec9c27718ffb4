using System.CommandLine;
using System.Text.Json.Nodes;
using Tulle.Cli.Machine;
using Tulle.Cli.Output;
using Tulle.Cli.Terminal;
using Tulle.Local.Hosting;

namespace Tulle.Cli.Commands.Dashboard;

/// <summary>Prints the link that opens the dashboard, and opens it where there is a screen.</summary>
internal sealed class DashboardCommand : Verb
{
    private const string ShowUrl = "url";
    private const string ShowOpen = "open";

    private readonly Option<string?> _show = new("--show")
    {
        HelpName = $"{ShowUrl}|{ShowOpen}",
        Description = "url only prints the link, open also opens it in a browser; opened unless given when this is a terminal of a machine with a screen",
    };

    private readonly Option<string> _output = OutputFormat.Option(OutputFormat.Table, OutputFormat.Json);

    public DashboardCommand(CliEnvironment environment) : base("dashboard", "Open the dashboard of the mesh on this machine", environment)
    {
        _show.AcceptOnlyFromAmong(ShowUrl, ShowOpen);
        Options.Add(_show);
        Options.Add(_output);
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("tulle dashboard", "print the link, and open it when there is a browser"),
        new("tulle dashboard --show url", "only print it: whoever has the link may see and configure the mesh, so keep it to yourself"),
        new("ssh -L 8084:127.0.0.1:PORT machine", "reach the dashboard of another machine: PORT is the one in its link, http://127.0.0.1:8084/?token=… the way in"),
    ];

    protected override Task<int> RunAsync(ParseResult line, CancellationToken stop)
    {
        MeshHome home = MeshFiles.Home(Environment);
        if (!MeshLock.IsHeld(home)) throw new CliException("no mesh is running on this machine; start one with 'tulle demo' or 'tulle up'", ExitCodes.NoMesh);
        Uri link = DashboardFile.Read(home) ?? throw new CliException("the mesh is still starting and has no dashboard yet; try again in a moment");
        bool json = line.GetValue(_output) == OutputFormat.Json;
        if (json) JsonText.Write(Environment.Output, new JsonObject { ["url"] = link.ToString(), ["address"] = link.GetLeftPart(UriPartial.Authority) });
        else Environment.Output.WriteLine(link);
        bool open = line.GetValue(_show) switch
        {
            ShowOpen => true,
            ShowUrl => false,
            _ => !json && Environment.OutputIsTerminal && Browser.HasScreen(Environment),
        };
        if (open && Browser.Open(Environment, home, link) is { } fault)
        {
            if (line.GetValue(_show) == ShowOpen) throw new CliException(fault);
            Say.Warning(Environment, fault);
        }
        return Task.FromResult(ExitCodes.Success);
    }
}
