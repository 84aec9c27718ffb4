using System.CommandLine;
using Tulle.Cli.Resources;
using Tulle.Cli.Terminal;
using Tulle.Kubernetes;

namespace Tulle.Cli.Commands.Apply;

/// <summary>
/// Makes the mesh what files say: reviews every object first, so that a mistake anywhere changes nothing, then creates or updates each.
/// </summary>
internal sealed class ApplyCommand : Verb
{
    private readonly GlobalOptions _global;
    private readonly NamespaceOptions _namespaces;
    private readonly Option<string[]> _files = FileOption.Create("What to apply");
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Check everything, change nothing; works without a running mesh" };

    public ApplyCommand(CliEnvironment environment, GlobalOptions global)
        : base("apply", "Create or update objects from YAML or JSON files", environment)
    {
        _global = global;
        _files.Required = true;
        _files.Arity = ArgumentArity.OneOrMore;
        Options.Add(_files);
        _namespaces = NamespaceOptions.On(this, all: false);
        Options.Add(_dryRun);
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("tulle apply -f canary.yaml", "apply a file"),
        new("tulle apply -f mesh/ --dry-run", "check a folder of files, for continuous integration"),
        new("kubectl get vs user-service -o yaml | tulle apply -n staging -f -", "apply standard input in another namespace"),
    ];

    protected override async Task<int> RunAsync(ParseResult line, CancellationToken stop)
    {
        string[] files = line.GetRequiredValue(_files);
        bool dryRun = line.GetValue(_dryRun);
        IReadOnlyList<Manifest> manifests = ManifestFiles.Read(Environment, files);
        ManifestReview review = ManifestReview.Of(manifests);
        review.Print(Environment);
        if (review.Errors > 0)
        {
            throw new CliException($"{ManifestFiles.Count(review.Errors, "error")} in {string.Join(", ", files.Select(ManifestFiles.Shown))}; nothing was applied", ExitCodes.Refused);
        }

        ServerWarnings warnings = new(Environment, review);
        using MeshSession? mesh = Open(line, dryRun, warnings);
        if (mesh is null)
        {
            foreach (Manifest manifest in manifests)
            {
                Environment.Output.WriteLine($"{manifest.Kind.ToLowerInvariant()}/{manifest.Name} valid (dry run without a mesh)");
            }
            return ExitCodes.Success;
        }

        int refused = 0;
        foreach (Manifest manifest in manifests.OrderBy(ApplyOrder.Of))
        {
            warnings.Of = manifest;
            refused += await ApplyAsync(mesh, manifest, line, dryRun, stop) ? 0 : 1;
        }
        return refused == 0 ? ExitCodes.Success : ExitCodes.Refused;
    }

    private MeshSession? Open(ParseResult line, bool dryRun, ServerWarnings warnings)
    {
        try
        {
            return MeshSession.Open(Environment, _global, line, warnings.Print);
        }
        catch (CliException exception) when (dryRun && exception.ExitCode == ExitCodes.NoMesh && line.GetValue(_global.Kubeconfig) is null)
        {
            return null;
        }
    }

    private async Task<bool> ApplyAsync(MeshSession mesh, Manifest manifest, ParseResult line, bool dryRun, CancellationToken stop)
    {
        if (manifest.Namespace is { } own && _namespaces.Given(line) is { } given && own != given)
        {
            throw new CliException($"{manifest.Location}: {manifest.Label} says namespace {own}, the command line says -n {given}; drop one of them", ExitCodes.Refused);
        }
        ResourceType? type = await ResourceTypes.OfObjectAsync(mesh, manifest.ApiVersion, manifest.Kind, stop);
        if (type is null)
        {
            Say.Error(Environment, $"{manifest.Location}: the mesh has no kind {manifest.Kind} in {manifest.ApiVersion}; check both, or apply its CustomResourceDefinition first");
            return false;
        }
        try
        {
            Outcome outcome = await new ObjectApplier(mesh.Client, dryRun).ApplyAsync(type, _namespaces.Given(line) ?? manifest.Namespace ?? mesh.Namespace, manifest, stop);
            Environment.Output.WriteLine($"{type.Label}/{manifest.Name} {outcome.ToString().ToLowerInvariant()}{(dryRun ? " (dry run)" : "")}");
            return true;
        }
        catch (ApiStatusException error)
        {
            Say.Error(Environment, $"{manifest.Location}: {manifest.Label} was refused: {error.Message}");
            return false;
        }
    }
}
