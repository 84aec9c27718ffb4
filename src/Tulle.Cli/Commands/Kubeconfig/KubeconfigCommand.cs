using System.CommandLine;

namespace Tulle.Cli.Commands.Kubeconfig;

/// <summary>Prints where the kubeconfig of the mesh is, for kubectl and everything else that reads one.</summary>
internal sealed class KubeconfigCommand(CliEnvironment environment, GlobalOptions global)
    : Verb("kubeconfig", "Print the path of the mesh's kubeconfig, for kubectl and other clients", environment)
{
    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("kubectl --kubeconfig \"$(tulle kubeconfig)\" get pods", "list the pods of the local mesh"),
        new("export KUBECONFIG=\"$(tulle kubeconfig)\"", "use it for every command in this shell"),
    ];

    protected override Task<int> RunAsync(ParseResult line, CancellationToken stop)
    {
        Environment.Output.WriteLine(MeshLocation.Find(Environment, line.GetValue(global.Kubeconfig)).KubeconfigPath);
        return Task.FromResult(ExitCodes.Success);
    }
}
