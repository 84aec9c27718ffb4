using System.CommandLine;
using Tulle.Cli.Machine;
using Tulle.Local.Hosting;
using Tulle.Local.Logs;

namespace Tulle.Cli.Commands.Logs;

/// <summary>Prints what services and their sidecars wrote.</summary>
internal sealed class LogsCommand : Verb
{
    private readonly Argument<string> _name = new("NAME") { Description = "A service, or one replica of it such as frontend-0; 'tulle' for a mesh in the background" };
    private readonly Option<bool> _follow = new("--follow", "-f") { Description = "Go on as lines come, until interrupted" };
    private readonly Option<long?> _tail = new("--tail") { HelpName = "N", Description = "Only the last N lines of each" };
    private readonly Option<bool> _proxy = new("--proxy") { Description = "What the sidecar wrote instead" };

    public LogsCommand(CliEnvironment environment) : base("logs", "Print what a service or its sidecar wrote", environment)
    {
        Arguments.Add(_name);
        Options.Add(_follow);
        Options.Add(_tail);
        Options.Add(_proxy);
        _name.CompletionSources.Add(_ => Names().Concat(Names().Select(ServiceOf)).Distinct().Order().Select(name => new System.CommandLine.Completions.CompletionItem(name)));
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("tulle logs frontend -f", "every replica of a service, as it writes"),
        new("tulle logs orders-0 --tail 50", "the end of one replica's log"),
        new("tulle logs orders-0 --proxy", "its sidecar's"),
    ];

    protected override async Task<int> RunAsync(ParseResult line, CancellationToken stop)
    {
        string name = line.GetRequiredValue(_name);
        bool follow = line.GetValue(_follow);
        IReadOnlyList<(string Name, string Path)> files = await FindAsync(name[(name.LastIndexOf('/') + 1)..], line.GetValue(_proxy), stop);
        using var gate = new SemaphoreSlim(1);
        await Task.WhenAll(files.Select(async file =>
        {
            using var output = new LineWriter(Environment.Output, files.Count == 1 ? "" : $"[{file.Name}] ", gate);
            await LogReader.CopyAsync(file.Path, output, line.GetValue(_tail), follow, Environment.Clock, stop);
        }));
        return ExitCodes.Success;
    }

    private async Task<IReadOnlyList<(string Name, string Path)>> FindAsync(string name, bool proxy, CancellationToken stop)
    {
        MeshHome home = MeshFiles.Home(Environment);
        string Log(string pod) => proxy ? home.ProxyLog(pod) : home.AppLog(pod);
        if (File.Exists(Log(name))) return [(name, Log(name))];
        // A replica is its deployment's name and a number; what `tulle run` added has `run-` before it.
        string[] pods = [.. Names().Where(pod => pod == name || ServiceOf(pod) == name)];
        // A service may lead to several deployments, whose names are others.
        if (pods.Length == 0 && MeshLock.IsHeld(home)) pods = await ServicePods.OfAsync(home, name, Environment.Clock, stop);
        string[] written = [.. pods.Where(pod => File.Exists(Log(pod)))];
        if (written.Length > 0) return [.. written.Select(pod => (pod, Log(pod)))];
        if (pods.Length > 0)
            throw new CliException($"{name} has not been started yet, so it has written nothing; {(proxy ? "" : $"its sidecar's log may say why: tulle logs {name} --proxy; ")}'tulle diagnose {name}' says more");
        string[] services = [.. Names().Select(ServiceOf).Distinct().Order()];
        throw new CliException(services.Length == 0
            ? "there are no logs yet; start a mesh with 'tulle up' or 'tulle demo'"
            : $"there is no log of \"{name}\"; there are logs of: {string.Join(", ", services)}");
    }

    private IEnumerable<string> Names()
    {
        string folder = MeshFiles.Home(Environment).Logs;
        return Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "*.log").Select(path => Path.GetFileNameWithoutExtension(path)).Select(name => name.EndsWith("-proxy", StringComparison.Ordinal) ? name[..^6] : name).Distinct().Order()
            : [];
    }

    private static string ServiceOf(string pod)
    {
        int dash = pod.LastIndexOf('-');
        if (dash < 0 || !pod.AsSpan(dash + 1).ContainsOnlyDigits()) return pod;
        string service = pod[..dash];
        return service.EndsWith("-run", StringComparison.Ordinal) ? service[..^4] : service;
    }
}

file static class Spans
{
    public static bool ContainsOnlyDigits(this ReadOnlySpan<char> text) => text.Length > 0 && !text.ContainsAnyExceptInRange('0', '9');
}
