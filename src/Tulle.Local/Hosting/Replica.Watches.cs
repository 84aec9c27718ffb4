using Tulle.Local.Compose;
using Tulle.Local.Mirroring;
using Tulle.Local.Supervision;

namespace Tulle.Local.Hosting;

/// <content>What becomes of the things that happen to the two processes.</content>
internal sealed partial class Replica
{
    /// <summary>What both processes have in common: their part of the Pod's status, state file and events.</summary>
    private abstract class ProcessWatch(Replica replica, string container, string logPath) : IProcessObserver
    {
        private CancellationTokenSource? _run;

        /// <summary>Where in its log the run of now began, in bytes: what earlier ones wrote does not say why this one ends.</summary>
        protected long LogFrom { get; private set; } = LogEnd.Position(logPath);

        protected Replica Replica { get; } = replica;

        public void Started(ProcessIdentity process, bool adopted)
        {
            Remember(process);
            if (adopted) LogFrom = 0;
            DateTimeOffset now = Replica._services.Clock.GetUtcNow();
            Change(state => state with { Process = process, StartedAt = now, Ready = adopted && state.Ready, Message = "" });
            Replica._reporter.Normal(adopted ? "Adopted" : "Started", $"{(adopted ? "Adopted" : "Started")} container {container} (pid {process.Pid})");
            _run = new CancellationTokenSource();
            Watch(_run.Token);
        }

        public void Ended(string how, TimeSpan wait)
        {
            _run?.Cancel();
            Remember(null);
            if (Hint() is { Length: > 0 } hint) how = $"{how}; {hint}";
            else if (how.StartsWith("ended with exit code", StringComparison.Ordinal) && LogEnd.LastLine(logPath, LogFrom) is { Length: > 0 } line) how = $"{how}: {line}";
            LogFrom = LogEnd.Position(logPath);
            string more = how.StartsWith("cannot start", StringComparison.Ordinal) ? "" : $"; see 'tulle logs {Replica._model.Pod}{(this is ProxyWatch ? " --proxy" : "")}'";
            Replica._ended.TrySetResult($"{(this is ProxyWatch ? "its sidecar" : "it")} {how}{more}");
            Change(state => state with { Process = null, Ready = false, Restarts = state.Restarts + 1, Waiting = "CrashLoopBackOff", Message = $"{container} {how}" });
            Replica._reporter.Warning("BackOff", $"Container {container} {how}; it is started again in {wait.TotalSeconds:0} s{more}");
        }

        public void Stopped()
        {
            _run?.Cancel();
            Remember(null);
            Change(state => state with { Process = null, Ready = false, Waiting = "Terminated" });
            Replica._reporter.Normal("Killing", $"Stopped container {container}");
        }

        /// <summary>A disk that is full must not end what looks after the process; the next change that can be written brings this one with it.</summary>
        private void Remember(ProcessIdentity? process)
        {
            try
            {
                Write(process);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Replica._services.Log($"{Replica._model.Pod}: what runs cannot be written to the state file: {e.Message}; it goes on, but a mesh that is started after a crash would not know it");
            }
        }

        protected abstract void Change(Func<ContainerState, ContainerState> change);

        protected abstract void Write(ProcessIdentity? process);

        protected abstract void Watch(CancellationToken run);

        /// <summary>What a person may have missed, when it ended by itself.</summary>
        protected virtual string Hint() => "";
    }

    private sealed class ProxyWatch(Replica replica) : ProcessWatch(replica, "tulle-proxy", replica._model.Proxy.LogPath)
    {
        protected override void Change(Func<ContainerState, ContainerState> change) => Replica._reporter.Proxy(change);

        protected override void Write(ProcessIdentity? process) => Replica._services.State?.UpdateReplica(Replica._model.Pod, state => state with { Proxy = process });

        protected override string Hint() => PortHint.OfSidecar(Replica._model.Proxy.LogPath, LogFrom);

        protected override void Watch(CancellationToken run) => _ = Replica.WatchProxyAsync(run);
    }

    private sealed class AppWatch(Replica replica) : ProcessWatch(replica, "app", replica._model.App.LogPath)
    {
        protected override void Change(Func<ContainerState, ContainerState> change) => Replica._reporter.App(change);

        protected override void Write(ProcessIdentity? process) => Replica._services.State?.UpdateReplica(Replica._model.Pod, state => state with { App = process });

        protected override string Hint() => PortHint.OfEnded(Replica._model, LogFrom);

        protected override void Watch(CancellationToken run)
        {
            ReplicaModel model = Replica._model;
            int? port = model.Ports.Count > 0 ? model.Ports[0].App : null;
            ProcessConfig check = model.App with { LogPath = "/dev/null" };
            if (HealthProbe.Of(model.Healthcheck, port, check, Replica._services.Watcher, Replica._services.Http) is not { } probe)
            {
                Change(state => state with { Ready = true });
                return;
            }
            HealthcheckConfig config = model.Healthcheck ?? new HealthcheckConfig { Test = [] };
            _ = new HealthMonitor(probe, config, Replica._services.Clock, (healthy, fault) =>
            {
                // A report about a run that is over says nothing about the next one.
                if (run.IsCancellationRequested) return;
                if (!healthy && model.Healthcheck is null && PortHint.OfRunning(model, Replica._reporter.AppProcess) is { Length: > 0 } hint) fault = hint;
                Change(state => state with { Ready = healthy, Message = fault });
                if (!healthy) Replica._reporter.Warning("Unhealthy", fault);
            }).RunAsync(run);
        }
    }
}
