using System.CommandLine;
using System.Text.Json.Nodes;
using Tulle.Cli.Commands.Routes;
using Tulle.Cli.Insight;
using Tulle.Cli.Output;
using Tulle.Cli.Resources;
using Tulle.Cli.Terminal;

namespace Tulle.Cli.Commands.Stat;

/// <summary>Prints the golden metrics of workloads: success, rate, latency, connections.</summary>
internal sealed class StatCommand : Verb
{
    private readonly GlobalOptions _global;
    private readonly NamespaceOptions _namespaces;
    private readonly PeerOptions _peers;
    private readonly Argument<string[]> _words = new("TYPE[/NAME]")
    {
        Arity = ArgumentArity.ZeroOrMore,
        Description = "deployments (deploy), pods (po), services (svc) or namespaces (ns), and a name; or routes, and a service; all deployments unless given",
    };

    private readonly Option<string> _output = OutputFormat.Option(OutputFormat.Table, OutputFormat.Wide, OutputFormat.Json);
    private readonly Option<bool> _watch = new("--watch", "-w") { Description = "Print again every second, until interrupted" };
    private readonly Option<TimeSpan> _window = WindowOption.Create();

    public StatCommand(CliEnvironment environment, GlobalOptions global)
        : base("stat", "Show success rate, requests per second and latency of workloads", environment)
    {
        _global = global;
        Arguments.Add(_words);
        _words.CompletionSources.Add(_ => WorkloadName.TypeNames.Select(t => new System.CommandLine.Completions.CompletionItem(t)));
        _namespaces = NamespaceOptions.On(this);
        Options.Add(_output);
        _peers = PeerOptions.On(this);
        Options.Add(_window);
        Options.Add(_watch);
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("tulle stat", "all deployments of the namespace"),
        new("tulle stat deploy/user-service -w", "one, again every second"),
        new("tulle stat pods -A", "every pod of every namespace"),
        new("tulle stat deploy --from deploy/frontend", "what the front end's calls met with"),
        new("tulle stat -o wide --time-window 10m", "with bytes, requests and mTLS, over ten minutes"),
        new("tulle stat routes svc/user-service", "by named route, as 'tulle routes'"),
        new("tulle stat svc/user-service -o json", "for scripts"),
    ];

    protected override async Task<int> RunAsync(ParseResult line, CancellationToken stop)
    {
        string[] words = line.GetValue(_words) ?? [];
        if (words is ["routes" or "route", ..]) return await RoutesAsync(line, words[1..], stop);
        WorkloadName workloads = words.Length == 0 ? new WorkloadName("deployments", null) : WorkloadName.Parse(words, Name);
        TimeSpan window = line.GetValue(_window);
        (string, string?)[] query = [WindowOption.Query(window), .. _peers.Query(line, Name)];
        string format = line.GetRequiredValue(_output);
        bool watch = line.GetValue(_watch);
        using MeshSession mesh = MeshSession.Open(Environment, _global, line);
        string path = InsightPath.Stat(_namespaces.Of(line, mesh), workloads.Plural, workloads.Name, query);
        // Namespaces have none themselves.
        bool withNamespace = _namespaces.All(line) && workloads.Plural != "namespaces";
        TextTable table = StatTable.Create(Environment, withNamespace, format == OutputFormat.Wide);
        double? wideWindow = format == OutputFormat.Wide ? window.TotalSeconds : null;
        await LiveTable.PrintAsync(
            Environment, watch, format == OutputFormat.Json,
            async stopped =>
            {
                IReadOnlyList<GoldenMetrics> items = GoldenMetrics.ReadAll(await mesh.Client.GetRawAsync(path, stopped));
                if (!watch && workloads.Name is not null && items.Count == 0)
                {
                    await RequireAsync(mesh, workloads, _namespaces.One(line, mesh), stopped);
                }
                return () => Print(items, format, table, [.. items.Select(item => StatTable.Row(item, withNamespace, wideWindow))]);
            },
            stop);
        if (!watch && format != OutputFormat.Json && !_peers.AreGiven(line))
        {
            string failing = InsightPath.Traffic("calls", _namespaces.Of(line, mesh), workloads.Name is null ? null : workloads, [WindowOption.Query(window), ("health", "failing")]);
            await FailingCalls.SayAsync(Environment, mesh.Client, failing, stop);
        }
        return ExitCodes.Success;
    }

    /// <summary>The same numbers by named route; 'tulle routes' is the shorter way to say it.</summary>
    private async Task<int> RoutesAsync(ParseResult line, string[] words, CancellationToken stop)
    {
        WorkloadName? target = words.Length == 0 ? null : WorkloadName.Parse(words, Name);
        string format = line.GetRequiredValue(_output);
        using MeshSession mesh = MeshSession.Open(Environment, _global, line);
        string? @namespace = _namespaces.Of(line, mesh);
        string path = InsightPath.Traffic("routes", @namespace, target, [WindowOption.Query(line.GetValue(_window)), .. _peers.Query(line, Name)]);
        TextTable table = RoutesTable.Create(Environment, @namespace is null, format == OutputFormat.Wide);
        await LiveTable.PrintAsync(
            Environment, line.GetValue(_watch), format == OutputFormat.Json,
            async stopped =>
            {
                JsonArray items = (await mesh.Client.GetRawAsync(path, stopped))["items"] as JsonArray ?? [];
                return () =>
                {
                    if (format == OutputFormat.Json) JsonText.Write(Environment.Output, items.DeepClone());
                    else if (items.Count > 0)
                    {
                        table.Write(Environment.Output, [.. items.OfType<JsonObject>().Select(item => RoutesTable.Row(item, @namespace, format == OutputFormat.Wide))]);
                        table.SayLeftOut(Environment);
                    }
                    if (items.Count == 0) Say.Line(Environment, "No traffic found.");
                };
            },
            stop);
        return ExitCodes.Success;
    }

    /// <summary>Tells a name that does not exist from one without traffic.</summary>
    private static async Task RequireAsync(MeshSession mesh, WorkloadName workload, string @namespace, CancellationToken stop)
    {
        ResourceType type = await ResourceTypes.FindOneAsync(mesh, workload.Plural, stop);
        if (await mesh.Client.TryGetAsync(type.Path(@namespace, workload.Name), stop) is null)
        {
            string where = type.Namespaced ? $" in namespace {@namespace}" : "";
            throw new CliException($"there is no {type.Label} \"{workload.Name}\"{where}; 'tulle get {type.Plural} -A' lists what there is");
        }
    }

    private void Print(IReadOnlyList<GoldenMetrics> items, string format, TextTable table, IReadOnlyList<TextCell>[] rows)
    {
        if (format == OutputFormat.Json)
        {
            JsonText.Write(Environment.Output, new JsonArray([.. items.Select(StatTable.Json)]));
        }
        else if (items.Count > 0)
        {
            table.Write(Environment.Output, rows);
            table.SayLeftOut(Environment);
        }
        if (items.Count == 0)
        {
            Say.Line(Environment, "No traffic found.");
        }
    }
}
