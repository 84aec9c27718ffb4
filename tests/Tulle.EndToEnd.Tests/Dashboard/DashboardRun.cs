using System.Text.Json.Nodes;
using Tulle.Testing;

namespace Tulle.EndToEnd.Tests.Dashboard;

/// <summary>
/// One demo and one browser that goes through all scenarios of <c>Apps/dashboard</c>, in their order; scripts/node-packages.sh installs what
/// it needs. What each scenario came to is what the tests report. Pictures of every page are left in <c>artifacts/dashboard</c>.
/// </summary>
public sealed class DashboardRun : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>Of a machine that does much else besides: pictures and accessibility of all pages take longest.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(20);

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, (bool Passed, string Message)> _outcomes = [];
    private RunningProcess? _demo;

    /// <summary>The names of the scenarios, without running them.</summary>
    public static async Task<IReadOnlyList<string>> ListAsync() =>
        (await RunningProcess.RunAsync("node", [Script, "--list"], Patience)).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Everything that the run wrote, for the message of a failure.</summary>
    public string Output { get; private set; } = "";

    private static string Script
    {
        get
        {
            string folder = RepositoryFolder.PathOf("tests", "Tulle.EndToEnd.Tests", "Apps", "dashboard");
            return Directory.Exists(Path.Combine(folder, "node_modules"))
                ? Path.Combine(folder, "run.mjs")
                : throw new InvalidOperationException("the Node.js packages of the dashboard's tests are missing; install them with scripts/node-packages.sh");
        }
    }

    public async ValueTask InitializeAsync()
    {
        string home = _folder.PathOf("home");
        string tulle = RepositoryFolder.Executable("tulle");
        Dictionary<string, string?> variables = new() { ["TULLE_HOME"] = home, ["KUBECONFIG"] = null, ["NO_COLOR"] = "1" };
        _demo = RunningProcess.Start(tulle, ["demo"], variables, _folder.Path);
        await _demo.WaitForTextAsync("everything is ready", Patience);
        CommandResult link = await RunningProcess.RunAsync(tulle, ["dashboard", "--show", "url"], Patience, variables, _folder.Path);
        variables["TULLE"] = tulle;
        variables["REPOSITORY"] = RepositoryFolder.Root;
        variables["LINK"] = link.Output.Trim();
        variables["ARTIFACTS"] = RepositoryFolder.PathOf("artifacts", "dashboard");
        // The browser keeps its profile where it may.
        variables["HOME"] = _folder.Path;
        CommandResult run = await RunningProcess.RunAsync("node", [Script], Longest, variables, _folder.Path);
        Output = $"{link}\n{run}\n{_demo.Show()}";
        foreach (string line in run.Output.Split('\n').Where(line => line.StartsWith('{')))
        {
            JsonNode outcome = JsonNode.Parse(line)!;
            _outcomes[outcome["name"]!.GetValue<string>()] = (outcome["passed"]!.GetValue<bool>(), outcome["message"]!.GetValue<string>());
        }
    }

    /// <summary>Why a scenario failed; null when it passed.</summary>
    public string? FailureOf(string scenario) => _outcomes.TryGetValue(scenario, out (bool Passed, string Message) outcome)
        ? outcome.Passed ? null : outcome.Message
        : $"the run ended before it\n{Output}";

    public async ValueTask DisposeAsync()
    {
        if (_demo is { HasExited: false })
        {
            _demo.Send(Signal.Interrupt);
            await _demo.WaitForExitAsync(Patience);
        }
        if (_demo is not null) await _demo.DisposeAsync();
        _folder.Dispose();
    }
}
