using System.CommandLine;
using Tulle.Cli.Insight;
using Tulle.Cli.Machine;
using Tulle.Cli.Output;
using Tulle.Kubernetes;

namespace Tulle.Cli.Commands.Diagnose;

/// <summary>Says what is wrong with a service, where, and what to do about it.</summary>
internal sealed class DiagnoseCommand : Verb
{
    // Whoever asks is in a hurry; but in a large mesh the first answer waits until the proxies have reported, ten seconds at most.
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(15);

    private readonly GlobalOptions _global;
    private readonly NamespaceOptions _namespaces;
    private readonly Argument<string[]> _words = new("SERVICE")
    {
        Arity = ArgumentArity.OneOrMore,
        Description = "A service by its name, or svc/NAME or deploy/NAME",
    };

    private readonly Option<string> _output = OutputFormat.Option(OutputFormat.Table, OutputFormat.Json);
    private readonly Option<TimeSpan> _window = new("--window", "-t", "--time-window")
    {
        HelpName = "DURATION",
        Description = "Time that traffic is judged over, at most 10m; 1m unless given",
        CustomParser = Duration.Parse,
        DefaultValueFactory = _ => TimeSpan.FromMinutes(1),
    };

    public DiagnoseCommand(CliEnvironment environment, GlobalOptions global)
        : base("diagnose", "Say what is wrong with a service, where, and what to do", environment)
    {
        _global = global;
        Arguments.Add(_words);
        _namespaces = NamespaceOptions.On(this, all: false);
        Options.Add(_output);
        Options.Add(_window);
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("tulle diagnose user-service", "walks its endpoints, pods, sidecars, rules, certificates, limits and recent errors"),
        new("tulle diagnose deploy/user-service-v1 -n shop", "every service that leads to a deployment"),
        new("tulle diagnose user-service -o json", "for programs; exit code 0 means that all is well, 1 that a cause was found"),
    ];

    protected override async Task<int> RunAsync(ParseResult line, CancellationToken stop)
    {
        WorkloadName target = TargetOf(line.GetRequiredValue(_words));
        Diagnosis diagnosis = await DiagnoseAsync(line, target, stop);
        if (line.GetRequiredValue(_output) == OutputFormat.Json) JsonText.Write(Environment.Output, diagnosis.Json());
        else DiagnosisReport.Write(Environment.Output, diagnosis, Environment.ColourOutput, Math.Clamp(Environment.Width(), 30, 120));
        return diagnosis.IsHealthy ? ExitCodes.Success : ExitCodes.Failure;
    }

    private static WorkloadName TargetOf(string[] words)
    {
        if (words is [var name] && !name.Contains('/', StringComparison.Ordinal)) return new WorkloadName("services", name);
        WorkloadName target = WorkloadName.Parse(words, "diagnose");
        if (target.Name is null || target.Plural is not ("services" or "deployments"))
            throw new CliException("'tulle diagnose' looks at one service or deployment; for example 'tulle diagnose user-service' or 'tulle diagnose deploy/user-service-v1'", ExitCodes.Usage);
        return target;
    }

    private async Task<Diagnosis> DiagnoseAsync(ParseResult line, WorkloadName target, CancellationToken stop)
    {
        string @namespace = _namespaces.Given(line) ?? "default";
        try
        {
            using MeshSession mesh = MeshSession.Open(Environment, _global, line, timeout: RequestTimeout);
            @namespace = _namespaces.One(line, mesh);
            return Diagnosis.Read(await mesh.Client.GetRawAsync(InsightPath.One("diagnose", @namespace, target, WindowOption.Query(line.GetValue(_window))), stop));
        }
        catch (ApiUnreachableException error)
        {
            return await WithoutAsync(@namespace, target, error.Message, stop);
        }
        catch (ApiStatusException error) when (error.Code == 503 || (error.IsNotFound && error.Reason != "NotFound"))
        {
            return await WithoutAsync(@namespace, target, $"the API has no control plane behind it: {error.Message}", stop);
        }
        catch (CliException error) when (error.ExitCode == ExitCodes.NoMesh && line.GetValue(_global.Kubeconfig) is null)
        {
            IReadOnlyList<SidecarPage> sidecars = await SidecarPage.ReadAllAsync(MeshFiles.Home(Environment), stop);
            // Nothing ever ran here: then there is nothing to diagnose.
            if (!sidecars.Any(sidecar => sidecar.Replica.AppRuns || sidecar.Replica.SidecarRuns)) throw;
            return WithoutControlPlane.Examine(@namespace, target, "no 'tulle up' runs on this machine", sidecars, Environment.Clock.GetUtcNow());
        }
    }

    private async Task<Diagnosis> WithoutAsync(string @namespace, WorkloadName target, string trouble, CancellationToken stop) =>
        WithoutControlPlane.Examine(@namespace, target, trouble, await SidecarPage.ReadAllAsync(MeshFiles.Home(Environment), stop), Environment.Clock.GetUtcNow());
}
