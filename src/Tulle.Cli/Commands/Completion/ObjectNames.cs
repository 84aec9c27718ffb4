using System.CommandLine;
using System.CommandLine.Completions;
using Tulle.Cli.Commands.Config;
using Tulle.Cli.Commands.Delete;
using Tulle.Cli.Commands.Describe;
using Tulle.Cli.Commands.Diagnose;
using Tulle.Cli.Commands.Edges;
using Tulle.Cli.Commands.Get;
using Tulle.Cli.Commands.Routes;
using Tulle.Cli.Commands.Stat;
using Tulle.Cli.Commands.Tap;
using Tulle.Cli.Commands.Top;
using Tulle.Cli.Insight;
using Tulle.Cli.Resources;
using Tulle.Kubernetes;
using Tulle.Model.Schemas;
using Tulle.Model.Schemas.Mesh;

namespace Tulle.Cli.Commands.Completion;

/// <summary>Candidates for arguments: resource types from the catalog, names of objects from the running mesh.</summary>
internal sealed class ObjectNames(CliEnvironment environment, GlobalOptions global, ParseResult line)
{
    // A shell waits for the answer at every press of Tab; a mesh on this machine answers within milliseconds.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    public async Task<IEnumerable<string>> CandidatesAsync(Command command, string[] arguments, string last, CancellationToken stop)
    {
        string[]? types = command switch
        {
            GetCommand or DeleteCommand => [.. ResourceCatalog.All.Select(k => k.Plural)],
            ConfigCommand => [.. MeshKinds.All.Select(k => k.Plural).Distinct()],
            DescribeCommand or DiagnoseCommand => ["services", "deployments"],
            StatCommand or EdgesCommand or RoutesCommand or TopCommand or TapCommand => [.. WorkloadName.TypeNames],
            _ => null,
        };
        if (types is null)
        {
            return command.Arguments.SelectMany(a => a.GetCompletions(CompletionContext.Empty)).Select(c => c.Label);
        }
        if (last.Split('/') is [var type, _])
        {
            return (await NamesAsync(type, stop)).Select(name => $"{type}/{name}");
        }
        // These take one object, and most often it is a service.
        if (command is DescribeCommand or DiagnoseCommand) return (await NamesAsync("services", stop)).Select(name => command is DescribeCommand ? $"svc/{name}" : name);
        return arguments.Length == 0 ? command is TapCommand or TopCommand ? types.Select(t => $"{t}/") : types : await NamesAsync(arguments[0], stop);
    }

    /// <summary>What may be the value of an option.</summary>
    public async Task<IEnumerable<string>> ValuesAsync(Option option, string last, CancellationToken stop) => option.Name switch
    {
        "--namespace" or "--to-namespace" or "--from-namespace" => await NamesAsync("namespaces", stop),
        "--service" => await NamesAsync("services", stop),
        "--to" or "--from" when last.Split('/') is [var type, _] => (await NamesAsync(type, stop)).Select(name => $"{type}/{name}"),
        "--to" or "--from" => WorkloadName.TypeNames.Select(type => $"{type}/"),
        _ => option.GetCompletions(CompletionContext.Empty).Select(completion => completion.Label),
    };

    private async Task<IReadOnlyList<string>> NamesAsync(string word, CancellationToken stop)
    {
        try
        {
            using MeshSession mesh = MeshSession.Open(environment, global, line, timeout: Patience);
            ResourceType type = await ResourceTypes.FindOneAsync(mesh, word, stop);
            ResourceList list = await mesh.Client.ListAsync(type.Path(Namespace() ?? mesh.Namespace), cancellation: stop);
            return [.. list.Items.Select(item => item.ObjectName())];
        }
        catch (Exception exception) when (exception is CliException or ApiUnreachableException or ApiStatusException)
        {
            // Without a mesh there are no names; a shell has no place for a message.
            return [];
        }
    }

    /// <summary>The one that is on the command line already; null: none.</summary>
    private string? Namespace() =>
        line.CommandResult.Command.Options.OfType<Option<string?>>().FirstOrDefault(option => option.Name == "--namespace") is { } option
            && line.GetResult(option) is { Tokens: [{ Value.Length: > 0 } name] } ? name.Value : null;
}
