using System.CommandLine;
using System.CommandLine.Help;
using Tulle.Cli.Commands.Apply;
using Tulle.Cli.Commands.Check;
using Tulle.Cli.Commands.Completion;
using Tulle.Cli.Commands.Config;
using Tulle.Cli.Commands.Dashboard;
using Tulle.Cli.Commands.Delete;
using Tulle.Cli.Commands.Demo;
using Tulle.Cli.Commands.Diagnose;
using Tulle.Cli.Commands.Describe;
using Tulle.Cli.Commands.Down;
using Tulle.Cli.Commands.Edges;
using Tulle.Cli.Commands.Get;
using Tulle.Cli.Commands.Kubeconfig;
using Tulle.Cli.Commands.Logs;
using Tulle.Cli.Commands.Routes;
using Tulle.Cli.Commands.Run;
using Tulle.Cli.Commands.Stat;
using Tulle.Cli.Commands.Tap;
using Tulle.Cli.Commands.Top;
using Tulle.Cli.Commands.Trace;
using Tulle.Cli.Commands.Up;
using Tulle.Cli.Commands.Version;
using Tulle.Cli.Help;

namespace Tulle.Cli;

/// <summary>The root of the command tree: the list of verbs, in the order in which <c>--help</c> shows them.</summary>
internal sealed class TulleCommand : Command
{
    public const string Summary = "The lightest service mesh: on Kubernetes, or on one machine with no cluster at all.";

    public TulleCommand(CliEnvironment environment) : base("tulle", Summary)
    {
        GlobalOptions = new GlobalOptions();
        Options.Add(new HelpOption("--help", "-h") { Description = "Show this help", Recursive = true, Action = new HelpPrinter(environment) });
        Options.Add(GlobalOptions.Kubeconfig);
        Options.Add(GlobalOptions.Context);

        Groups =
        [
            new("Run a mesh on this machine",
            [
                new DemoCommand(environment),
                new UpCommand(environment),
                new RunCommand(environment),
                new LogsCommand(environment),
                new DownCommand(environment),
            ]),
            new("See what it does",
            [
                new DashboardCommand(environment),
                new CheckCommand(environment, GlobalOptions),
                new DiagnoseCommand(environment, GlobalOptions),
                new StatCommand(environment, GlobalOptions),
                new EdgesCommand(environment, GlobalOptions),
                new RoutesCommand(environment, GlobalOptions),
                new DescribeCommand(environment, GlobalOptions),
                new TopCommand(environment, GlobalOptions),
                new TapCommand(environment, GlobalOptions),
                new TraceCommand(environment, GlobalOptions),
            ]),
            new("Configure it",
            [
                new ApplyCommand(environment, GlobalOptions),
                new GetCommand(environment, GlobalOptions),
                new DeleteCommand(environment, GlobalOptions),
                new ConfigCommand(environment, GlobalOptions),
                new KubeconfigCommand(environment, GlobalOptions),
            ]),
            new("About tulle",
            [
                new VersionCommand(environment, GlobalOptions),
                new CompletionCommand(environment),
            ]),
        ];
        foreach (Verb verb in Groups.SelectMany(group => group.Verbs))
        {
            Subcommands.Add(verb);
        }
        Subcommands.Add(new CompleteCommand(environment, GlobalOptions));
    }

    public GlobalOptions GlobalOptions { get; }

    public IReadOnlyList<VerbGroup> Groups { get; }
}

/// <summary>Verbs that belong together in <c>--help</c>.</summary>
internal sealed record VerbGroup(string Title, IReadOnlyList<Verb> Verbs);
