using System.CommandLine;
using System.CommandLine.Completions;
using System.Text.Json.Nodes;
using Tulle.Cli.Output;
using Tulle.Cli.Terminal;

namespace Tulle.Cli.Insight;

/// <summary>A command that prints one of the insight API's lists of traffic, once or again and again: what it asks, and how a row looks.</summary>
internal abstract class TrafficListCommand : Verb
{
    private readonly GlobalOptions _global;
    private readonly NamespaceOptions _namespaces;
    private readonly PeerOptions _peers;
    private readonly Argument<string[]> _words;
    private readonly Option<string> _output = OutputFormat.Option(OutputFormat.Table, OutputFormat.Wide, OutputFormat.Json);
    private readonly Option<bool> _watch = new("--watch", "-w") { Description = "Print again every second, until interrupted" };
    private readonly Option<TimeSpan> _window = WindowOption.Create();

    /// <param name="name">Of the command, and of the list in the API.</param>
    /// <param name="description">What the command shows.</param>
    /// <param name="target">What its argument selects.</param>
    protected TrafficListCommand(string name, string description, string target, CliEnvironment environment, GlobalOptions global)
        : base(name, description, environment)
    {
        _global = global;
        _words = new Argument<string[]>("TYPE[/NAME]") { Arity = ArgumentArity.ZeroOrMore, Description = target };
        Arguments.Add(_words);
        _words.CompletionSources.Add(_ => WorkloadName.TypeNames.Select(t => new CompletionItem(t)));
        _namespaces = NamespaceOptions.On(this);
        Options.Add(_output);
        _peers = PeerOptions.On(this);
        Options.Add(_window);
        Options.Add(_watch);
    }

    /// <summary>What is said when the list is empty.</summary>
    protected abstract string Nothing { get; }

    protected abstract TextTable CreateTable(bool withNamespace, bool wide);

    /// <param name="namespace">That of every row; null: rows say their own.</param>
    protected abstract IReadOnlyList<TextCell> Row(JsonObject item, string? @namespace, bool wide);

    protected override async Task<int> RunAsync(ParseResult line, CancellationToken stop)
    {
        string[] words = line.GetValue(_words) ?? [];
        WorkloadName? target = words.Length == 0 ? null : WorkloadName.Parse(words, Name);
        string format = line.GetRequiredValue(_output);
        using MeshSession mesh = MeshSession.Open(Environment, _global, line);
        string? @namespace = _namespaces.Of(line, mesh);
        string path = InsightPath.Traffic(Name, @namespace, target, [WindowOption.Query(line.GetValue(_window)), .. _peers.Query(line, Name)]);
        TextTable table = CreateTable(@namespace is null, format == OutputFormat.Wide);
        await LiveTable.PrintAsync(
            Environment, line.GetValue(_watch), format == OutputFormat.Json,
            async stopped =>
            {
                JsonObject answer = await mesh.Client.GetRawAsync(path, stopped);
                return () => Print(answer, format, table, @namespace);
            },
            stop);
        return ExitCodes.Success;
    }

    private void Print(JsonObject answer, string format, TextTable table, string? @namespace)
    {
        JsonObject[] items = [.. (answer["items"] as JsonArray ?? []).OfType<JsonObject>()];
        if (format == OutputFormat.Json)
        {
            JsonText.Write(Environment.Output, answer["items"]?.DeepClone() ?? new JsonArray());
        }
        else if (items.Length > 0)
        {
            table.Write(Environment.Output, [.. items.Select(item => Row(item, @namespace, format == OutputFormat.Wide))]);
            table.SayLeftOut(Environment);
        }
        if (items.Length == 0)
        {
            Say.Line(Environment, Nothing);
        }
    }
}
