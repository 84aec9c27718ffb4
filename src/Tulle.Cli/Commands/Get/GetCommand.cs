using System.CommandLine;
using System.Text.Json.Nodes;
using Tulle.Cli.Output;
using Tulle.Cli.Resources;
using Tulle.Cli.Terminal;
using Tulle.Kubernetes;

namespace Tulle.Cli.Commands.Get;

/// <summary>Lists or prints objects of the mesh, as <c>kubectl get</c> does, for machines without kubectl.</summary>
internal sealed class GetCommand : Verb
{
    private readonly GlobalOptions _global;
    private readonly NamespaceOptions _namespaces;
    private readonly Argument<string[]> _words = new("TYPE [NAME]")
    {
        Arity = ArgumentArity.OneOrMore,
        Description = "A resource type (pods, svc, virtualservices…) and names; or TYPE/NAME. Several types: pods,services",
    };

    private readonly Option<string> _output = OutputFormat.Option(OutputFormat.Table, OutputFormat.Wide, OutputFormat.Json, OutputFormat.Yaml, OutputFormat.Name);
    private readonly Option<string?> _selector = new("--selector", "-l") { HelpName = "LABELS", Description = "Only objects with these labels: app=user-service,version!=v1" };
    private readonly Option<bool> _watch = new("--watch", "-w") { Description = "Go on printing objects as they change, until interrupted" };

    public GetCommand(CliEnvironment environment, GlobalOptions global)
        : base("get", "List objects of the mesh, or print them", environment)
    {
        _global = global;
        Arguments.Add(_words);
        _namespaces = NamespaceOptions.On(this);
        Options.Add(_output);
        Options.Add(_selector);
        Options.Add(_watch);
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("tulle get pods", "the pods of the namespace"),
        new("tulle get virtualservices,destinationrules -A", "all routing rules"),
        new("tulle get vs user-service -o yaml", "one object as YAML"),
        new("tulle get pods -l app=user-service -w", "watch the pods of a service"),
    ];

    protected override async Task<int> RunAsync(ParseResult line, CancellationToken stop)
    {
        using MeshSession mesh = MeshSession.Open(Environment, _global, line, warning => Say.Warning(Environment, warning));
        string format = line.GetRequiredValue(_output);
        ListOptions selection = new() { LabelSelector = line.GetValue(_selector) };

        List<(ResourceType Type, ResourcePath Path)> targets = [];
        foreach (ResourceSelection selected in ResourceSelection.Parse(line.GetRequiredValue(_words), Name))
        {
            foreach (ResourceType type in await ResourceTypes.FindAsync(mesh, selected.Type, stop))
            {
                string? @namespace = selected.Name is null ? _namespaces.Of(line, mesh) : _namespaces.One(line, mesh);
                targets.Add((type, type.Path(@namespace, selected.Name)));
            }
        }

        if (line.GetValue(_watch))
        {
            return targets is [(ResourceType type, ResourcePath path)]
                ? await new ObjectWatch(mesh, Environment, type, path, selection, format, _namespaces.All(line)).RunAsync(stop)
                : throw new CliException("-w watches one resource type; name one", ExitCodes.Usage);
        }
        return format is OutputFormat.Json or OutputFormat.Yaml or OutputFormat.Name
            ? await PrintObjectsAsync(mesh, targets, selection, format, stop)
            : await PrintTablesAsync(mesh, targets, selection, format == OutputFormat.Wide, _namespaces.All(line), stop);
    }

    private async Task<int> PrintTablesAsync(
        MeshSession mesh, List<(ResourceType Type, ResourcePath Path)> targets, ListOptions selection, bool wide, bool withNamespace, CancellationToken stop)
    {
        int printed = 0;
        foreach ((ResourceType type, ResourcePath path) in targets.DistinctBy(t => t.Path))
        {
            ServerTable table = ServerTable.Read(await mesh.Client.GetTableAsync(path, selection, stop), wide, withNamespace && type.Namespaced);
            if (table.Rows.Count == 0)
            {
                continue;
            }
            if (printed++ > 0)
            {
                Environment.Output.WriteLine();
            }
            string prefix = targets.Count > 1 ? $"{type.Label}/" : "";
            new TextTable(table.Columns).Write(Environment.Output, [.. table.Rows.Select(r => r.Cells(prefix, nameColumn: withNamespace && type.Namespaced ? 1 : 0))]);
        }
        if (printed == 0)
        {
            string where = _namespaceOf(targets) is { } name ? $" in namespace {name}" : "";
            Say.Line(Environment, $"No resources found{where}.");
        }
        return ExitCodes.Success;

        static string? _namespaceOf(List<(ResourceType Type, ResourcePath Path)> all) => all.Select(t => t.Path.Namespace).FirstOrDefault(n => n is not null);
    }

    private async Task<int> PrintObjectsAsync(
        MeshSession mesh, List<(ResourceType Type, ResourcePath Path)> targets, ListOptions selection, string format, CancellationToken stop)
    {
        List<JsonObject> objects = [];
        foreach ((ResourceType type, ResourcePath path) in targets)
        {
            IReadOnlyList<JsonObject> found = path.Name is null
                ? (await mesh.Client.ListAsync(path, selection, stop)).Items
                : [await mesh.Client.GetAsync(path, stop)];
            if (format == OutputFormat.Name)
            {
                foreach (JsonObject item in found)
                {
                    Environment.Output.WriteLine($"{type.Label}/{item.ObjectName()}");
                }
            }
            objects.AddRange(found);
        }
        if (format == OutputFormat.Name)
        {
            return ExitCodes.Success;
        }
        // One named object is printed as it is; everything else is a List, also when it has one item, so that scripts can rely on it.
        JsonNode result = targets is [(_, { Name: not null })]
            ? objects[0]
            : new JsonObject { ["apiVersion"] = "v1", ["kind"] = "List", ["items"] = new JsonArray([.. objects]) };
        ObjectText.Write(Environment.Output, result, format);
        return ExitCodes.Success;
    }
}
