using System.CommandLine;
using System.Globalization;
using Tulle.Cli.Machine;
using Tulle.Cli.Terminal;
using Tulle.Local.Compose;
using Tulle.Local.Hosting;
using Tulle.Local.Logs;
using Tulle.Model.Documents;

namespace Tulle.Cli.Commands.Run;

/// <summary>Adds one workload to the running mesh, for as long as the command runs.</summary>
internal sealed class RunCommand : Verb
{
    private static readonly TimeSpan TroubleInterval = TimeSpan.FromSeconds(3);

    private readonly Option<string> _service = new("--service") { HelpName = "NAME", Required = true, Description = "Name that others call it by; an existing service gets one more replica" };
    private readonly Option<string?> _port = new("--port")
    {
        HelpName = "N[:M]",
        Description = "Port of the service. The program is told in PORT (and ${PORT} in its command) where to listen; N:M when it listens at 127.0.0.1:M by itself. Without a port it only calls others",
    };

    private readonly Option<string[]> _upstreams = new("--upstream") { HelpName = "LISTEN=AUTHORITY", Description = "A local port that leads to a service, such as 127.0.0.1:9001=user-service:80; repeatable" };
    private readonly Option<string[]> _labels = new("--label", "-l") { HelpName = "NAME=VALUE", Description = "A label of its pod, such as version=v2; repeatable" };
    private readonly Option<string> _namespace = new("--namespace", "-n") { HelpName = "NAMESPACE", Description = "Namespace of its objects", DefaultValueFactory = _ => "default" };
    private readonly Argument<string[]> _command = new("COMMAND") { Arity = ArgumentArity.OneOrMore, Description = "Program and arguments, after --" };

    public RunCommand(CliEnvironment environment) : base("run", "Add one workload to the running mesh", environment)
    {
        Options.Add(_service);
        Options.Add(_port);
        Options.Add(_upstreams);
        Options.Add(_labels);
        Options.Add(_namespace);
        Arguments.Add(_command);
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("tulle run --service hello --port 80 -- python3 -m http.server --bind 127.0.0.1 '${PORT}'", "a new service, http://hello for the others"),
        new("tulle run --service hello --port 80:8000 -- ./hello", "one that listens at 127.0.0.1:8000 by itself"),
        new("tulle run --service user-service-v2 --port 80 -l app=user-service -l version=v2 -- ./users", "one more replica"),
    ];

    protected override async Task<int> RunAsync(ParseResult line, CancellationToken stop)
    {
        (int Port, int? App)? port = Port(line.GetValue(_port));
        ServiceConfig service = Service(line, port);
        MeshHome home = MeshFiles.Home(Environment);
        JoinedWorkload workload;
        try
        {
            workload = await JoinedWorkload.StartAsync(new JoinOptions
            {
                Home = home,
                Service = service,
                Namespace = line.GetRequiredValue(_namespace),
                AppPort = port?.App,
                ExecutableFolder = MeshFiles.ExecutableFolder(Environment),
                Environment = Environment.Variables,
                Log = text => Say.Line(Environment, text),
                Clock = Environment.Clock,
            }, stop);
        }
        catch (MeshStartException e)
        {
            throw new CliException(e.Message, ExitCodes.NoMesh);
        }
        await using (workload)
        {
            using var gate = new SemaphoreSlim(1);
            using var output = new Logs.LineWriter(Environment.Output, "", gate);
            Task copying = LogReader.CopyAsync(workload.LogPath, output, null, follow: true, Environment.Clock, stop);
            try
            {
                _ = SayTroubleAsync(workload, stop);
                if (await MeshRunner.WaitAsync(workload.Ready, stop)) Say.Line(Environment, $"{workload.Pod} joined the mesh; Ctrl-C takes it out again");
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                throw new CliException($"{service.Name} cannot join the mesh: {e.Message}");
            }
            await copying;
        }
        return ExitCodes.Success;
    }

    /// <summary>Says why it has not joined, each time that the reason is another one.</summary>
    private async Task SayTroubleAsync(JoinedWorkload workload, CancellationToken stop)
    {
        string? said = null;
        // What needs no word is over before the first look.
        while (!workload.Ready.IsCompleted && await MeshRunner.WaitAsync(Task.Delay(TroubleInterval, Environment.Clock, stop), stop))
        {
            if (workload.Ready.IsCompleted || workload.Trouble is not { } trouble || trouble == said) continue;
            Say.Warning(Environment, $"{workload.Pod} has not joined yet: {trouble}");
            said = trouble;
        }
    }

    private ServiceConfig Service(ParseResult line, (int Port, int? App)? port)
    {
        string name = line.GetRequiredValue(_service);
        if (!DnsLabel.IsValid(name)) throw new CliException($"\"{name}\" cannot be the name of a service; {DnsLabel.Rule}", ExitCodes.Usage);
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string label in line.GetValue(_labels) ?? [])
        {
            string[] parts = label.Split('=', 2);
            if (parts.Length != 2 || parts[0].Length == 0) throw new CliException($"\"{label}\" is not a label; write NAME=VALUE, such as version=v2", ExitCodes.Usage);
            labels[parts[0]] = parts[1];
        }
        var upstreams = new List<UpstreamConfig>();
        foreach (string text in line.GetValue(_upstreams) ?? [])
        {
            if (!UpstreamText.TryParse(text, out UpstreamConfig? upstream)) throw new CliException($"\"{text}\" is not an upstream; {UpstreamText.Rule}", ExitCodes.Usage);
            upstreams.Add(upstream);
        }
        return new ServiceConfig
        {
            Name = name,
            Command = line.GetRequiredValue(_command),
            Environment = new Dictionary<string, string>(),
            WorkingDirectory = Environment.WorkingFolder,
            Ports = port is { } given ? [new PortConfig(given.Port, null)] : [],
            DependsOn = [],
            Replicas = 1,
            Labels = labels,
            Upstreams = upstreams,
            Location = SourceLocation.None,
        };
    }

    private static (int Port, int? App)? Port(string? text)
    {
        if (text is null) return null;
        int[] numbers = [.. text.Split(':').Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is > 0 and <= 65535 ? number : -1)];
        if (numbers.Length is 0 or > 2 || numbers.Contains(-1))
            throw new CliException($"\"{text}\" is not a port; write --port 80, or --port 80:8000 when the program listens at 127.0.0.1:8000 by itself", ExitCodes.Usage);
        return (numbers[0], numbers.Length == 2 ? numbers[1] : null);
    }
}
