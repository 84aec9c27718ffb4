using Tulle.Local.Compose;
using Tulle.Local.Hosting;

namespace Tulle.Cli.Machine;

/// <summary>Starts the one-machine mesh for a command.</summary>
internal static class MeshRunner
{
    /// <exception cref="CliException">It cannot start.</exception>
    public static async Task<LocalMesh> StartAsync(
        CliEnvironment environment, MeshHome home, ComposeConfig compose, IMeshProgress progress, MeshSettings settings, CancellationToken stop)
    {
        int services = compose.Services.Count, replicas = compose.Services.Sum(service => service.Replicas);
        try
        {
            // Nothing is said to start that will not.
            if (MeshLock.IsHeld(home)) throw LocalMesh.AlreadyRunning(home);
            progress.Say($"starting {services} {(services == 1 ? "service" : "services")}, {replicas} {(replicas == 1 ? "replica" : "replicas")} with a sidecar each…");
            return await LocalMesh.StartAsync(new LocalMeshOptions
            {
                Home = home,
                Compose = compose,
                ExecutableFolder = MeshFiles.ExecutableFolder(environment),
                Environment = environment.Variables,
                Progress = progress,
                Clock = environment.Clock,
                Random = new Random(),
                Fresh = settings.Fresh,
                Prometheus = settings.Prometheus,
                MetricsCompat = settings.MetricsCompat,
                RedactedHeaders = settings.RedactedHeaders,
                CertificateLifetime = settings.CertificateLifetime,
                LeavesTraces = settings.Tracing.IsOff,
                TraceSamplingPpm = settings.Tracing.SamplingPpm,
                OtlpTarget = settings.Tracing.Target,
            }, stop);
        }
        catch (MeshStartException e)
        {
            throw new CliException(e.Message, e.AlreadyRunning ? ExitCodes.AlreadyRunning : ExitCodes.Failure);
        }
    }

    /// <summary>Waits until something completes or the command is told to stop.</summary>
    /// <returns>False when told to stop first.</returns>
    public static async Task<bool> WaitAsync(Task task, CancellationToken stop)
    {
        try
        {
            await task.WaitAsync(stop);
            return true;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return false;
        }
    }
}
