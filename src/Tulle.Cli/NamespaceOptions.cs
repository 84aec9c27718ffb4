using System.CommandLine;

namespace Tulle.Cli;

/// <summary>The options <c>-n</c> and <c>-A</c> of one command.</summary>
internal sealed class NamespaceOptions
{
    private readonly Option<string?> _namespace = new("--namespace", "-n")
    {
        HelpName = "NAMESPACE",
        Description = "Namespace to look in; that of the kubeconfig's context unless given",
    };

    private readonly Option<bool> _all = new("--all-namespaces", "-A") { Description = "Look in all namespaces" };

    /// <summary>Adds the options to a command.</summary>
    public static NamespaceOptions On(Command command, bool all = true)
    {
        NamespaceOptions options = new();
        command.Options.Add(options._namespace);
        if (all)
        {
            command.Options.Add(options._all);
        }
        return options;
    }

    public bool All(ParseResult line) => line.GetValue(_all);

    /// <summary>The namespace meant; null for all of them.</summary>
    public string? Of(ParseResult line, MeshSession mesh) => All(line) ? null : One(line, mesh);

    /// <summary>The namespace meant when there must be one.</summary>
    public string One(ParseResult line, MeshSession mesh) => Given(line) ?? mesh.Namespace;

    /// <summary>The namespace given on the command line; null when none was.</summary>
    public string? Given(ParseResult line) => line.GetValue(_namespace) is { Length: > 0 } name ? name : null;
}
