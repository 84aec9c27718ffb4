using System.CommandLine;
using Tulle.Cli.Output;

namespace Tulle.Cli.Commands.Check;

/// <summary>Tells whether the mesh is healthy and, where it is not, what to do.</summary>
internal sealed class CheckCommand : Verb
{
    // One request of a check: a healthy API answers in milliseconds, and a person waits.
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly GlobalOptions _global;
    private readonly Option<string> _output = OutputFormat.Option(OutputFormat.Table, OutputFormat.Json, "short");
    private readonly Option<TimeSpan> _wait = new("--wait")
    {
        HelpName = "DURATION",
        Description = "Check again until everything is well, at most this long",
        CustomParser = Duration.Parse,
    };

    public CheckCommand(CliEnvironment environment, GlobalOptions global)
        : base("check", "Check the health of the mesh and say what to do about what is wrong", environment)
    {
        _global = global;
        Options.Add(_output);
        Options.Add(_wait);
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("tulle check", "is everything well?"),
        new("tulle check --wait 1m", "wait until it is, for scripts"),
        new("tulle check -o short", "only what is wrong"),
        new("tulle check -o json", "for monitoring"),
    ];

    protected override async Task<int> RunAsync(ParseResult line, CancellationToken stop)
    {
        long started = Environment.Clock.GetTimestamp();
        TimeSpan patience = line.GetValue(_wait);
        while (true)
        {
            IReadOnlyList<CheckedCategory> result = await CheckAsync(line, stop);
            bool success = result.SelectMany(c => c.Items).All(i => i.Outcome.Result != CheckResult.Error);
            if (success || Environment.Clock.GetElapsedTime(started) >= patience)
            {
                Print(result, success, line.GetRequiredValue(_output));
                return success ? ExitCodes.Success : Reached(result) ? ExitCodes.Failure : ExitCodes.NoMesh;
            }
            await Task.Delay(Pause, Environment.Clock, stop);
        }
    }

    private async Task<IReadOnlyList<CheckedCategory>> CheckAsync(ParseResult line, CancellationToken stop)
    {
        using ApiChecks api = new(Environment, () => MeshSession.Open(Environment, _global, line, timeout: RequestTimeout));
        return await CheckRunner.RunAsync(Categories(api), stop);
    }

    /// <summary>One after the other: the later ones ask the session that the first one opens.</summary>
    private IEnumerable<CheckCategory> Categories(ApiChecks api)
    {
        yield return api.Category;
        yield return new ControlPlaneChecks(api).Category;
        yield return new IdentityChecks(api, Environment.Clock).Category;
        yield return new DataPlaneChecks(api).Category;
        yield return new ConfigurationChecks(api).Category;
        if (OperatingSystem.IsLinux() && api.Mesh.Location.Local)
        {
            yield return new LocalChecks(Environment).Category;
        }
    }

    private static bool Reached(IReadOnlyList<CheckedCategory> result) => result.Count > 1;

    private void Print(IReadOnlyList<CheckedCategory> result, bool success, string format)
    {
        if (format == OutputFormat.Json)
        {
            JsonText.Write(Environment.Output, CheckReport.Json(result, success));
            return;
        }
        if (format == "short")
        {
            result = [.. result.Select(c => c with { Items = [.. c.Items.Where(i => i.Outcome.Result != CheckResult.Success)] })];
        }
        CheckReport.Write(Environment.Output, result, Environment.ColourOutput, success);
    }
}
