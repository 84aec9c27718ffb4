using System.CommandLine;
using Tulle.Cli.Machine;
using Tulle.Cli.Output;
using Tulle.Cli.Terminal;
using Tulle.Local.Compose;
using Tulle.Local.Hosting;

namespace Tulle.Cli.Commands.Up;

/// <summary>Brings up a mesh on this machine from a Compose file, and keeps it up until interrupted.</summary>
internal sealed class UpCommand : Verb
{
    // Shorter ones would be renewed so often that a busy machine misses one; longer ones outlive the authority's own certificate.
    private static readonly TimeSpan ShortestLifetime = TimeSpan.FromSeconds(10), LongestLifetime = TimeSpan.FromDays(365);

    private readonly Option<string?> _file = new("--file", "-f")
    {
        HelpName = "FILE",
        Description = "Compose file; compose.yaml of this folder unless given. Read are services.*: command, environment, working_dir, ports, depends_on, deploy.replicas, labels, healthcheck, x-tulle.upstreams, x-tulle.redact_headers; and, of the file itself, x-tulle.namespace and x-tulle.redact_headers",
    };

    private readonly Option<bool> _detach = new("--detach", "-d") { Description = "Return when everything is ready, and leave the mesh running ('tulle down' stops it)" };

    // Set on the command line of a mesh in the background: what that says goes to a log file, where no secret belongs.
    private readonly Option<bool> _logged = new("--logged") { Hidden = true, Description = "Say no secrets" };

    private readonly Option<TimeSpan?> _certificateLifetime = new("--certificate-lifetime")
    {
        HelpName = "DURATION",
        Description = "How long the sidecars' certificates are valid, 10s to 8760h; they are renewed after 70 % of it. 24h unless given",
        CustomParser = result => Duration.Parse(result),
    };

    private readonly Option<Uri?> _prometheus = PrometheusOption.Create();

    private readonly Option<string?> _metricsCompat = MetricsCompatOption.Create();

    private readonly Option<string[]> _redactedHeaders = RedactedHeadersOption.Create();

    private readonly TracingOptions _tracing;

    public UpCommand(CliEnvironment environment) : base("up", "Bring up a mesh on this machine from a Compose file", environment)
    {
        Options.Add(_file);
        Options.Add(_detach);
        Options.Add(_metricsCompat);
        Options.Add(_prometheus);
        Options.Add(_redactedHeaders);
        _tracing = TracingOptions.On(this);
        Options.Add(_logged);
        Options.Add(_certificateLifetime);
        _certificateLifetime.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<TimeSpan?>() is { } lifetime && (lifetime < ShortestLifetime || lifetime > LongestLifetime))
            {
                result.AddError("--certificate-lifetime must be between 10s and 8760h");
            }
        });
    }

    public override IReadOnlyList<Example> Examples { get; } =
    [
        new("tulle up", "the services of compose.yaml, until Ctrl-C"),
        new("tulle up -f samples/shop/compose.yaml", "another file"),
        new("tulle up -d && tulle stat", "in the background"),
        new("tulle up --trace-sampling 100 --otlp-endpoint http://127.0.0.1:4317", "record every request, and export the traces to a collector, such as Jaeger"),
        new("kubectl --kubeconfig \"$(tulle kubeconfig)\" get pods", "what runs, seen by kubectl"),
    ];

    protected override async Task<int> RunAsync(ParseResult line, CancellationToken stop)
    {
        MeshHome home = MeshFiles.Home(Environment);
        string file = ComposeSource.Find(Environment, line.GetValue(_file));
        ComposeConfig compose = ComposeSource.Read(Environment, file, Environment.Variable);
        var settings = new MeshSettings
        {
            CertificateLifetime = line.GetValue(_certificateLifetime), MetricsCompat = line.GetValue(_metricsCompat) ?? "", Prometheus = line.GetValue(_prometheus),
            RedactedHeaders = line.GetRequiredValue(_redactedHeaders),
        };
        if (line.GetValue(_detach)) return await DetachAsync(home, file, [.. OptionsOf(settings), .. _tracing.Again(line)], stop);

        var progress = new ProgressPrinter(Environment);
        LocalMesh mesh = await MeshRunner.StartAsync(Environment, home, compose, progress, settings with { Tracing = _tracing.Of(Environment, line) }, stop);
        await using (mesh)
        {
            try
            {
                if (await MeshRunner.WaitAsync(mesh.Ready, stop)) Say.Line(Environment, line.GetValue(_logged) ? "the mesh is up; 'tulle stat' shows its traffic" : "the mesh is up; Ctrl-C stops it, 'tulle stat' shows its traffic");
                if (!line.GetValue(_logged)) Say.Line(Environment, $"dashboard  {mesh.Dashboard}");
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // The mesh goes on with the services that could start; which one could not was said by the progress.
                Say.Warning(Environment, $"not every service could start: {e.Message}");
            }
            await MeshRunner.WaitAsync(Task.Delay(Timeout.InfiniteTimeSpan, Environment.Clock, CancellationToken.None), stop);
            Say.Line(Environment, "stopping…");
        }
        return ExitCodes.Success;
    }

    private static IEnumerable<string> OptionsOf(MeshSettings settings)
    {
        if (settings.CertificateLifetime is { } lifetime)
            yield return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"--certificate-lifetime={lifetime.TotalSeconds:0}s");
        if (settings.Prometheus is { } prometheus) yield return $"--prometheus={prometheus}";
        if (settings.MetricsCompat.Length > 0) yield return $"--metrics-compat={settings.MetricsCompat}";
        if (settings.RedactedHeaders.Count > 0) yield return $"--redact-headers={string.Join(',', settings.RedactedHeaders)}";
    }

    private async Task<int> DetachAsync(MeshHome home, string file, IReadOnlyList<string> options, CancellationToken stop)
    {
        try
        {
            (int? pid, int exitCode) = await DetachedMesh.StartAsync(
                home, [Environment.ExecutablePath, "up", "--logged", "--file", Path.GetFullPath(file, Environment.WorkingFolder), .. options], Environment.WorkingFolder,
                Environment.Variables, text => Say.Line(Environment, text), Environment.Clock, stop);
            if (pid is null) return exitCode;
            Say.Line(Environment, $"the mesh runs in the background (process {pid}); 'tulle down' stops it");
            if (DashboardFile.Read(home) is { } link) Say.Line(Environment, $"dashboard  {link}");
            return ExitCodes.Success;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested && MeshLock.IsHeld(home))
        {
            Say.Line(Environment, "the mesh goes on in the background, and not all of it is ready; 'tulle check' says what is missing, 'tulle down' stops it");
            throw;
        }
        catch (MeshStartException e)
        {
            throw new CliException(e.Message, e.AlreadyRunning ? ExitCodes.AlreadyRunning : ExitCodes.Failure);
        }
    }
}
