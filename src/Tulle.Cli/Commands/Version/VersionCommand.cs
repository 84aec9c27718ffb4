using System.CommandLine;
using System.Text.Json.Nodes;
using Tulle.Cli.Output;
using Tulle.Cli.Terminal;
using Tulle.Kubernetes;

namespace Tulle.Cli.Commands.Version;

/// <summary>Prints the versions of this executable and of the mesh it speaks to.</summary>
internal sealed class VersionCommand : Verb
{
    // A version is asked in passing; nobody waits long for it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly GlobalOptions _global;
    private readonly Option<bool> _client = new("--client") { Description = "Only this executable's version; asks no mesh" };
    private readonly Option<string> _output = OutputFormat.Option(OutputFormat.Table, OutputFormat.Json);

    public VersionCommand(CliEnvironment environment, GlobalOptions global)
        : base("version", "Print the versions of this executable and of the mesh", environment)
    {
        _global = global;
        Options.Add(_client);
        Options.Add(_output);
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("tulle version", "both versions"),
        new("tulle version --client -o json", "this executable's only, for scripts"),
    ];

    protected override async Task<int> RunAsync(ParseResult line, CancellationToken stop)
    {
        (string? server, string why) = line.GetValue(_client) ? (null, "") : await ServerAsync(line, stop);
        if (line.GetRequiredValue(_output) == OutputFormat.Json)
        {
            JsonObject json = new() { ["clientVersion"] = ClientVersion.Text };
            if (!line.GetValue(_client))
            {
                json["serverVersion"] = server;
            }
            JsonText.Write(Environment.Output, json);
        }
        else
        {
            Environment.Output.WriteLine($"Client version: {ClientVersion.Text}");
            if (!line.GetValue(_client))
            {
                Environment.Output.WriteLine($"Server version: {server ?? "unavailable"}");
            }
        }
        if (why.Length > 0)
        {
            Say.Line(Environment, why);
        }
        return ExitCodes.Success;
    }

    /// <summary>No mesh is no failure here: what was asked for first is the version of this executable.</summary>
    private async Task<(string? Version, string Why)> ServerAsync(ParseResult line, CancellationToken stop)
    {
        try
        {
            using MeshSession mesh = MeshSession.Open(Environment, _global, line, timeout: Patience);
            return (await ServerVersion.OfAsync(mesh.Client, stop), "");
        }
        catch (CliException exception) when (line.GetValue(_global.Kubeconfig) is null)
        {
            return (null, exception.Message);
        }
        catch (Exception exception) when (exception is ApiUnreachableException or ApiStatusException)
        {
            return (null, exception.Message);
        }
    }
}
