using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Tulle.Cli.Insight;
using Tulle.Cli.Machine;
using Tulle.Cli.Terminal;
using Tulle.Local.Compose;
using Tulle.Local.Hosting;
using Tulle.Local.Supervision;

namespace Tulle.Cli.Commands.Demo;

/// <summary>Brings up the sample shop in a mesh and shows its traffic.</summary>
internal sealed class DemoCommand : Verb
{
    private const string TrafficGenerator = "loadgen";
    private const int UsualPort = 8080;

    // How long everything may take to be ready: on a small machine it takes some ten seconds.
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(5);

    private readonly Option<TimeSpan?> _duration = new("--duration")
    {
        HelpName = "DURATION",
        Description = "End after this time, such as 30s, with exit code 0 only if the mesh worked; until Ctrl-C unless given",
        CustomParser = result => Output.Duration.Parse(result),
    };

    private readonly Option<double> _rps = new("--rps") { HelpName = "N", Description = "Requests per second to the front end, 1 to 1000", DefaultValueFactory = _ => 40 };

    private readonly Option<Uri?> _prometheus = PrometheusOption.Create();

    private readonly Option<string?> _metricsCompat = MetricsCompatOption.Create();

    private readonly TracingOptions _tracing;

    public DemoCommand(CliEnvironment environment) : base("demo", "See a mesh at work: a shop of seventeen services, on this machine", environment)
    {
        Options.Add(_duration);
        Options.Add(_rps);
        Options.Add(_metricsCompat);
        Options.Add(_prometheus);
        // A tenth of little traffic is what a busy mesh records by its hundredth.
        _tracing = TracingOptions.On(this, percent: 10);
        _rps.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is < 1 or > 1000) result.AddError("--rps must be from 1 to 1000");
        });
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("tulle demo", "until Ctrl-C; meanwhile try 'tulle stat', 'tulle tap' and kubectl in another terminal"),
        new("tulle demo --duration 30s", "a check of this machine: exit code 0 if the mesh worked"),
        new("tulle demo --rps 200", "more traffic"),
    ];

    protected override async Task<int> RunAsync(ParseResult line, CancellationToken stop)
    {
        MeshHome home = MeshFiles.Home(Environment) with { DatabaseName = "demo.db" };
        if (MeshLock.IsHeld(home)) throw new CliException("a mesh is already running, and the demo needs this machine's mesh for itself; stop it with 'tulle down'", ExitCodes.AlreadyRunning);
        var progress = new ProgressPrinter(Environment);
        int port = PublishedPort();
        ComposeConfig compose = Shop(home, progress, line.GetValue(_rps), port);
        var settings = new MeshSettings
        {
            Fresh = true, MetricsCompat = line.GetValue(_metricsCompat) ?? "", Prometheus = line.GetValue(_prometheus), Tracing = _tracing.Of(Environment, line),
        };
        LocalMesh mesh = await MeshRunner.StartAsync(Environment, home, compose, progress, settings, stop);
        await using (mesh)
        {
            if (!await BecomeReadyAsync(mesh, stop)) return stop.IsCancellationRequested ? ExitCodes.Interrupted : ExitCodes.Failure;
            progress.Hush();
            SayWhatToTry(port, mesh.Dashboard);
            return await WatchAsync(mesh, compose, line.GetValue(_duration), stop);
        }
    }

    private async Task<bool> BecomeReadyAsync(LocalMesh mesh, CancellationToken stop)
    {
        long started = Environment.Clock.GetTimestamp();
        try
        {
            if (!await MeshRunner.WaitAsync(mesh.Ready.WaitAsync(StartPatience, Environment.Clock, CancellationToken.None), stop)) return false;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            foreach ((string service, string why) in mesh.Troubles) Say.Line(Environment, $"{service} is not ready: {why}");
            Say.Error(Environment, e is TimeoutException
                ? $"the shop was not ready within {StartPatience.TotalMinutes:0} minutes; 'tulle logs SERVICE' and 'tulle logs SERVICE --proxy' tell more"
                : $"the shop could not start: {e.Message}");
            return false;
        }
        Say.Line(Environment, string.Create(CultureInfo.InvariantCulture, $"everything is ready after {Environment.Clock.GetElapsedTime(started).TotalSeconds:0.0} s"));
        return true;
    }

    private async Task<int> WatchAsync(LocalMesh mesh, ComposeConfig compose, TimeSpan? duration, CancellationToken stop)
    {
        var screen = new DemoScreen(Environment);
        long started = Environment.Clock.GetTimestamp();
        var shown = TimeSpan.MinValue;
        string title = $"\n{compose.Services.Count} deployments over mutual TLS, last 10 s:";
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), Environment.Clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                TimeSpan elapsed = Environment.Clock.GetElapsedTime(started);
                if (Environment.OutputIsTerminal || elapsed - PlainInterval >= shown || shown == TimeSpan.MinValue)
                {
                    shown = elapsed;
                    screen.Show(await StatAsync(mesh, "10s", stop), title);
                }
                if (elapsed >= duration) return await JudgeAsync(mesh, compose, elapsed, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Say.Line(Environment, "stopping…");
        }
        return duration is null ? ExitCodes.Success : ExitCodes.Interrupted;
    }

    private async Task<int> JudgeAsync(LocalMesh mesh, ComposeConfig compose, TimeSpan elapsed, CancellationToken stop)
    {
        // Reports reach the control plane once a second, so the last moment is not in yet; nobody misses it.
        string window = string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(elapsed.TotalSeconds)}s");
        IReadOnlyList<GoldenMetrics> metrics = await StatAsync(mesh, window, stop);
        string[] services = [.. compose.Services.Select(service => service.Name).Where(name => name != TrafficGenerator)];
        string[] published = [.. compose.Services.Where(service => service.Ports.Any(port => port.Published is not null)).Select(service => service.Name)];
        List<string> faults = [.. mesh.Troubles.Select(trouble => $"{trouble.Service} is not ready: {trouble.Why}"), .. DemoVerdict.Judge(metrics, services, published)];
        long requests = metrics.Sum(item => item.Requests);
        Say.Line(Environment);
        foreach (string fault in faults) Say.Line(Environment, $"{Ansi.Red("✗", Environment.ColourError)} {fault}");
        if (faults.Count == 0)
            Say.Line(Environment, $"{Ansi.Green("✓", Environment.ColourError)} the mesh worked: {requests} requests between {services.Length} deployments, all over mutual TLS, none failed by the mesh");
        else
            Say.Error(Environment, "the mesh did not work as it should");
        return faults.Count == 0 ? ExitCodes.Success : ExitCodes.Failure;
    }

    private static async Task<IReadOnlyList<GoldenMetrics>> StatAsync(LocalMesh mesh, string window, CancellationToken stop) =>
        GoldenMetrics.ReadAll(await mesh.Client.GetRawAsync(InsightPath.Stat("default", "deployments", null, ("window", window)), stop));

    private ComposeConfig Shop(MeshHome home, ProgressPrinter progress, double rps, int port)
    {
        home.Create();
        string file = ShopFiles.Unpack(Path.Combine(home.Folder, "shop"));
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["SHOP_RPS"] = rps.ToString(CultureInfo.InvariantCulture),
            ["SHOP_PORT"] = port.ToString(CultureInfo.InvariantCulture),
        };
        Substitute("node", "Node.js", "SHOP_RECOMMENDATIONS", "recommendations");
        Substitute("python3", "Python", "SHOP_REVIEWS", "reviews");
        return ComposeSource.Read(Environment, file, name => variables.GetValueOrDefault(name) ?? Environment.Variable(name));

        void Substitute(string program, string language, string variable, string role)
        {
            if (ProgramPath.Find(program, home.Folder, Environment.Variable("PATH")) is not null) return;
            variables[variable] = $"shop {role}";
            progress.Say($"{language} is not installed: {role} runs in C# instead");
        }
    }

    private void SayWhatToTry(int port, Uri dashboard)
    {
        string tulle = File.Exists(Path.Combine(MeshFiles.ExecutableFolder(Environment), "..", "..", "tulle")) ? "./tulle" : "tulle";
        string kubeconfig = $"\"$({tulle} kubeconfig)\"";
        Say.Line(Environment, $"""

            Try in another terminal:
              {tulle} tap deploy/user-service-v1
              {tulle} stat deploy --from deploy/frontend
              kubectl --kubeconfig {kubeconfig} get pods
            The shop itself: curl http://127.0.0.1:{port}/users/123

            dashboard  {dashboard}
            """);
    }

    private static int PublishedPort()
    {
        foreach (int port in (ReadOnlySpan<int>)[UsualPort, 0])
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                socket.Listen(1);
                return ((IPEndPoint)socket.LocalEndPoint!).Port;
            }
            catch (SocketException)
            {
                // Somebody has it: any free one will do.
            }
        }
        return UsualPort;
    }
}
