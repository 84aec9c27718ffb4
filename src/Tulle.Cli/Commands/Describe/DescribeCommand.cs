using System.CommandLine;
using System.Text.Json.Nodes;
using Tulle.Cli.Insight;
using Tulle.Cli.Output;

namespace Tulle.Cli.Commands.Describe;

/// <summary>Says what decides about requests to a service now, and why.</summary>
internal sealed class DescribeCommand : Verb
{
    private readonly GlobalOptions _global;
    private readonly NamespaceOptions _namespaces;
    private readonly Argument<string[]> _words = new("svc/NAME") { Arity = ArgumentArity.OneOrMore, Description = "The service" };
    private readonly Option<string?> _from = new("--from") { HelpName = "TYPE/NAME", Description = "As this workload's proxy sees it, such as deploy/web or ns/shop; as any client of the service's own namespace unless given" };
    private readonly Option<string> _output = OutputFormat.Option(OutputFormat.Table, OutputFormat.Json);

    public DescribeCommand(CliEnvironment environment, GlobalOptions global)
        : base("describe", "Show what decides about requests to a service: routes, policy, and which object said so", environment)
    {
        _global = global;
        Arguments.Add(_words);
        _namespaces = NamespaceOptions.On(this, all: false);
        Options.Add(_from);
        Options.Add(_output);
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("tulle describe svc/user-service", "its routes, backends, and the chain of decisions"),
        new("tulle describe svc/user-service --from deploy/frontend", "as the front end's proxy sees it"),
        new("tulle describe svc/user-service -o json", "for scripts; the fields are those of the insight API's list 'effective'"),
    ];

    protected override async Task<int> RunAsync(ParseResult line, CancellationToken stop)
    {
        WorkloadName service = WorkloadName.Parse(line.GetRequiredValue(_words), Name);
        if (service is not { Plural: "services", Name: { } name }) throw new CliException("'tulle describe' describes one service: tulle describe svc/NAME", ExitCodes.Usage);
        string? from = line.GetValue(_from) is { } text ? WorkloadName.Parse([text], Name).ToString() : null;
        using MeshSession mesh = MeshSession.Open(Environment, _global, line);
        JsonObject answer = await mesh.Client.GetRawAsync(InsightPath.Traffic("effective", _namespaces.One(line, mesh), service, ("from", from)), stop);
        if (line.GetValue(_output) == OutputFormat.Json) JsonText.Write(Environment.Output, answer);
        else new EffectiveText(Environment).Write(answer);
        return ExitCodes.Success;
    }
}
