using System.CommandLine;

namespace Tulle.Cli;

/// <summary>Options that every command takes: which mesh is meant.</summary>
internal sealed class GlobalOptions
{
    public Option<string?> Kubeconfig { get; } = new("--kubeconfig")
    {
        HelpName = "FILE",
        Recursive = true,
        Description = "Kubeconfig of the mesh. Without it: the mesh running on this machine ($TULLE_HOME, default ~/.tulle), then $KUBECONFIG, then ~/.kube/config",
    };

    public Option<string?> Context { get; } = new("--context")
    {
        HelpName = "NAME",
        Recursive = true,
        Description = "Context of the kubeconfig to use instead of its current one",
    };
}
