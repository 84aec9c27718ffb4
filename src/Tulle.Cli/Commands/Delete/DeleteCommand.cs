using System.CommandLine;
using Tulle.Cli.Resources;
using Tulle.Cli.Terminal;
using Tulle.Kubernetes;

namespace Tulle.Cli.Commands.Delete;

/// <summary>Deletes objects by name, by label or by the file they were made from.</summary>
internal sealed class DeleteCommand : Verb
{
    private readonly GlobalOptions _global;
    private readonly NamespaceOptions _namespaces;
    private readonly Argument<string[]> _words = new("TYPE NAME")
    {
        Arity = ArgumentArity.ZeroOrMore,
        Description = "A resource type and names; or TYPE/NAME. Not with -f",
    };

    private readonly Option<string[]> _files = FileOption.Create("Delete the objects that these files describe");
    private readonly Option<string?> _selector = new("--selector", "-l") { HelpName = "LABELS", Description = "Delete the objects of the type with these labels" };
    private readonly Option<bool> _ignore = new("--ignore-not-found") { Description = "An object that does not exist is no failure" };

    public DeleteCommand(CliEnvironment environment, GlobalOptions global)
        : base("delete", "Delete objects by name, label or file", environment)
    {
        _global = global;
        Arguments.Add(_words);
        Options.Add(_files);
        _namespaces = NamespaceOptions.On(this, all: false);
        Options.Add(_selector);
        Options.Add(_ignore);
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("tulle delete virtualservice user-service", "one object"),
        new("tulle delete -f canary.yaml", "what a file describes"),
        new("tulle delete vs -l team=shop", "all objects of a type with a label"),
    ];

    protected override async Task<int> RunAsync(ParseResult line, CancellationToken stop)
    {
        string[] files = line.GetValue(_files) ?? [];
        string[] words = line.GetValue(_words) ?? [];
        if (files.Length > 0 == words.Length > 0)
        {
            throw new CliException("'tulle delete' needs either TYPE NAME or -f FILE; for example 'tulle delete vs user-service'", ExitCodes.Usage);
        }
        using MeshSession mesh = MeshSession.Open(Environment, _global, line, warning => Say.Warning(Environment, warning));
        bool missing = false;
        foreach ((ResourceType type, ResourcePath path) in await TargetsAsync(mesh, line, files, words, stop))
        {
            try
            {
                await mesh.Client.DeleteAsync(path, cancellation: stop);
                Environment.Output.WriteLine($"{type.Label} \"{path.Name}\" deleted");
            }
            catch (ApiStatusException error) when (error.IsNotFound)
            {
                if (!line.GetValue(_ignore))
                {
                    missing = true;
                    string where = path.Namespace is null ? "" : $" in namespace {path.Namespace}";
                    Say.Error(Environment, $"there is no {type.Label} \"{path.Name}\"{where}; 'tulle get {type.Plural} -A' lists what there is");
                }
            }
        }
        return missing ? ExitCodes.Failure : ExitCodes.Success;
    }

    private async Task<List<(ResourceType Type, ResourcePath Path)>> TargetsAsync(
        MeshSession mesh, ParseResult line, string[] files, string[] words, CancellationToken stop)
    {
        List<(ResourceType, ResourcePath)> targets = [];
        string @namespace = _namespaces.One(line, mesh);
        if (files.Length > 0)
        {
            foreach (Manifest manifest in ManifestFiles.Read(Environment, files))
            {
                ResourceType type = await ResourceTypes.OfObjectAsync(mesh, manifest.ApiVersion, manifest.Kind, stop)
                    ?? throw new CliException($"{manifest.Location}: the mesh has no kind {manifest.Kind} in {manifest.ApiVersion}", ExitCodes.Refused);
                targets.Add((type, type.Path(_namespaces.Given(line) ?? manifest.Namespace ?? mesh.Namespace, manifest.Name)));
            }
            // What was made last depends on what was made first.
            targets.Reverse();
            return targets;
        }
        foreach (ResourceSelection selected in ResourceSelection.Parse(words, Name))
        {
            ResourceType type = await ResourceTypes.FindOneAsync(mesh, selected.Type, stop);
            if (selected.Name is not null)
            {
                targets.Add((type, type.Path(@namespace, selected.Name)));
                continue;
            }
            string labels = line.GetValue(_selector)
                ?? throw new CliException($"'tulle delete {selected.Type}' needs a name or -l LABELS", ExitCodes.Usage);
            ResourceList found = await mesh.Client.ListAsync(type.Path(@namespace), new ListOptions { LabelSelector = labels }, stop);
            targets.AddRange(found.Items.Select(item => (type, type.Path(@namespace, item.ObjectName()))));
        }
        return targets;
    }
}
