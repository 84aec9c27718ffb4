using System.CommandLine;
using System.Text.Json.Nodes;
using Tulle.Cli.Insight;
using Tulle.Cli.Output;
using Tulle.Cli.Resources;
using Tulle.Cli.Terminal;
using Tulle.Model.Schemas;
using Tulle.Model.Schemas.Mesh;

namespace Tulle.Cli.Commands.Config;

/// <summary>Lists what configures the mesh, with what is wrong with each object among the others.</summary>
internal sealed class ConfigCommand : Verb
{
    private readonly GlobalOptions _global;
    private readonly NamespaceOptions _namespaces;
    private readonly Argument<string[]> _words = new("TYPE[/NAME]")
    {
        Arity = ArgumentArity.ZeroOrMore,
        Description = "Only objects of this type (virtualservices, destinationrules…), and a name; everything that configures the mesh unless given",
    };

    private readonly Option<string[]> _status = new("--status")
    {
        HelpName = string.Join('|', ConfiguredItem.Statuses),
        Description = "Only objects in this state; may be repeated. error: it would be refused today; notApplied: some of it has no effect in this version",
    };

    private readonly Option<string> _output = OutputFormat.Option(OutputFormat.Table, OutputFormat.Json);

    public ConfigCommand(CliEnvironment environment, GlobalOptions global)
        : base("config", "Show what configures the mesh, and what is wrong with it", environment)
    {
        _global = global;
        Arguments.Add(_words);
        _namespaces = NamespaceOptions.On(this);
        Options.Add(_status);
        Options.Add(_output);
        _status.AcceptOnlyFromAmong(ConfiguredItem.Statuses);
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("tulle config", "every object of the namespace, the worst first, with findings and remedies"),
        new("tulle config virtualservice/user-service", "one of them"),
        new("tulle config -A --status error --status warning", "what somebody should look at, in all namespaces"),
        new("tulle config -o json", "for scripts; the fields are those of the insight API's list 'configuration'"),
    ];

    protected override async Task<int> RunAsync(ParseResult line, CancellationToken stop)
    {
        string[] words = line.GetValue(_words) ?? [];
        IReadOnlyList<ResourceSelection> selected = words.Length == 0 ? [] : ResourceSelection.Parse(words, Name);
        ILookup<ResourceKind, string?> wanted = selected.SelectMany(selection => KindsOf(selection.Type), (selection, kind) => (selection.Name, kind)).ToLookup(pair => pair.kind, pair => pair.Name);
        string[] states = line.GetValue(_status) ?? [];
        using MeshSession mesh = MeshSession.Open(Environment, _global, line);
        string? @namespace = _namespaces.Of(line, mesh);
        JsonObject answer = await mesh.Client.GetRawAsync(InsightPath.Traffic("configuration", @namespace, null), stop);
        ConfiguredItem[] items =
        [
            .. (answer["items"] as JsonArray ?? []).OfType<JsonObject>().Select(ConfiguredItem.Read)
                .Where(item => (words.Length == 0 || IsWanted(item, wanted)) && (states.Length == 0 || states.Contains(item.Status)))
                .OrderBy(item => Array.IndexOf(ConfiguredItem.Statuses, item.Status)).ThenBy(item => item.Kind, StringComparer.Ordinal)
                .ThenBy(item => item.Namespace, StringComparer.Ordinal).ThenBy(item => item.Name, StringComparer.Ordinal),
        ];
        if (line.GetRequiredValue(_output) == OutputFormat.Json) JsonText.Write(Environment.Output, new JsonArray([.. items.Select(item => item.Json.DeepClone())]));
        else if (items.Length > 0) new ConfigText(Environment).Write(items, @namespace is null);
        if (items.Length == 0) Say.Line(Environment, Nothing(words.Length > 0 || states.Length > 0, @namespace));
        return ExitCodes.Success;
    }

    // Services too: their annotations configure.
    private static IReadOnlyList<ResourceKind> KindsOf(string word) =>
        ResourceCatalog.ByName(word).Where(kind => kind is { Group: "", Kind: "Service" } || MeshKinds.All.Contains(kind)).ToArray() is { Length: > 0 } kinds ? kinds
        : throw new CliException($"'{word}' is no type that configures the mesh; 'tulle config' lists what there is", ExitCodes.Usage);

    private static bool IsWanted(ConfiguredItem item, ILookup<ResourceKind, string?> wanted) => wanted.Any(kind =>
        kind.Key.Kind == item.Kind && kind.Key.Group == ResourceCatalog.SplitApiVersion(item.ApiVersion).Group && kind.Any(name => name is null || name == item.Name));

    private static string Nothing(bool asked, string? @namespace)
    {
        string where = @namespace is null ? "" : $" in namespace {@namespace}";
        return asked ? $"No such configuration{where}." : $"Nothing configures the mesh{where}; it works without. 'tulle apply -f FILE' changes what it does.";
    }
}
