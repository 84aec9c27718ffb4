using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using Tulle.Local.Addresses;
using Tulle.Local.Adoption;
using Tulle.Local.Compose;
using Tulle.Local.EndpointSlices;
using Tulle.Local.Mirroring;
using Tulle.Local.Supervision;

namespace Tulle.Local.Hosting;

/// <summary>The services of a Compose file as they run: started in the order of their dependencies, stopped in the opposite one.</summary>
internal sealed class MeshWorkloads
{
    // Words are due when a service is not ready after this long.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly LocalMeshOptions _options;
    private readonly MeshFacts _facts;
    private readonly ReplicaServices _services;
    private readonly AppPorts _ports;
    private readonly StateFile _state;
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, ServiceRun> _runs = new(StringComparer.Ordinal);
    private Task _ready = Task.CompletedTask;
    private readonly ConcurrentDictionary<string, Task> _replacements = new(StringComparer.Ordinal);
    private int _readyCount;

    public MeshWorkloads(LocalMeshOptions options, MeshFacts facts, ReplicaServices services, AppPorts ports)
    {
        (_options, _facts, _services, _ports) = (options, facts, services, ports);
        _state = services.State!;
        foreach (ServiceConfig service in options.Compose.Services) _runs[service.Name] = new ServiceRun(service);
    }

    public Task Ready => _ready;

    public IReadOnlyList<(string Service, string Why)> Troubles =>
        [.. _runs.Values.Where(run => !run.Ready.Task.IsCompletedSuccessfully || run.Replicas.Any(replica => !replica.IsReady)).Select(run => (run.Config.Name, run.Trouble))];

    /// <summary>A Pod was deleted by a person: as on a cluster, its processes end and a new Pod takes their place.</summary>
    /// <param name="pod">Its name.</param>
    /// <param name="uid">Its uid, which tells it from a later one of the same name.</param>
    public void Replace(string pod, string uid)
    {
        foreach (ServiceRun run in _runs.Values)
        {
            Replica? replica = run.Replicas.FirstOrDefault(candidate => candidate.Model.Pod == pod && candidate.PodUid == uid);
            if (replica is not null && !_stop.IsCancellationRequested) _replacements[pod] = ReplaceAsync(run, replica);
        }
    }

    private async Task ReplaceAsync(ServiceRun run, Replica old)
    {
        await old.StopAsync(drain: true).ConfigureAwait(false);
        if (_stop.IsCancellationRequested) return;
        bool first = run.Replicas[0] == old;
        var next = new Replica(Plan(run.Config, old.Model.Pod, first), _services, run.DeploymentUid);
        lock (run) run.Replicas = [.. run.Replicas.Select(replica => replica == old ? next : replica)];
    }

    /// <summary>Begins to start everything.</summary>
    /// <param name="allReady">Called once when every service is ready.</param>
    public void Start(Action allReady) => _ready = StartAsync(allReady);

    public async Task StopAsync()
    {
        _stop.Cancel();
        await _ready.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_replacements.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // What joined by `tulle run` has its own supervisor, which cleans up after itself.
        foreach (ProcessIdentity supervisor in MeshSweep.JoinedSupervisors(_options.Home).ToArray()) _ = Libc.Kill(supervisor.Pid, Libc.SigTerm);
        foreach (IReadOnlyList<ServiceConfig> layer in DependencyOrder.Layers(_options.Compose.Services).Reverse())
            await Task.WhenAll(layer.SelectMany(service => _runs[service.Name].Replicas).Select(replica => replica.StopAsync())).ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task StartAsync(Action allReady)
    {
        await MirrorAsync(_stop.Token).ConfigureAwait(false);
        await Task.WhenAll(_runs.Values.Select(run => StartServiceAsync(run, _stop.Token))).ConfigureAwait(false);
        allReady();
    }

    private async Task MirrorAsync(CancellationToken cancellation)
    {
        var mirror = new ComposeMirror(_services.Mirror, _options.Compose, _facts.FirstAllowedPort);
        foreach ((string service, string uid) in await mirror.WriteAsync(cancellation).ConfigureAwait(false)) _runs[service].DeploymentUid = uid;
        string[] pods = [.. _runs.Values.SelectMany(run => PodNames(run.Config))];
        await mirror.PruneAsync(pods, cancellation).ConfigureAwait(false);
        await EndStrangersAsync(pods).ConfigureAwait(false);
    }

    // Replicas of last time that the Compose file no longer has.
    private async Task EndStrangersAsync(string[] pods)
    {
        foreach ((string pod, ReplicaState replica) in _state.Current.Replicas.Where(pair => !pods.Contains(pair.Key)).ToArray())
        {
            await ProcessEnding.EndAsync(replica.App, _services.Watcher, TimeSpan.FromSeconds(10), _services.Clock).ConfigureAwait(false);
            await ProcessEnding.EndAsync(replica.Proxy, _services.Watcher, TimeSpan.FromSeconds(12), _services.Clock).ConfigureAwait(false);
            _state.RemoveReplica(pod);
        }
    }

    private async Task StartServiceAsync(ServiceRun run, CancellationToken stop)
    {
        try
        {
            foreach (DependencyConfig dependency in run.Config.DependsOn)
            {
                ServiceRun needed = _runs[dependency.Service];
                await (dependency.Healthy ? needed.Ready.Task : needed.Started.Task).WaitAsync(stop).ConfigureAwait(false);
            }
            string[] pods = [.. PodNames(run.Config)];
            run.Replicas = [.. pods.Select((pod, i) => new Replica(Plan(run.Config, pod, first: i == 0), _services, run.DeploymentUid))];
            Task ready = Task.WhenAll(run.Replicas.Select(replica => replica.Ready));
            _ = SayWhenLateAsync(run, ready, stop);
            await Task.WhenAll(run.Replicas.Select(replica => replica.Started)).WaitAsync(stop).ConfigureAwait(false);
            run.Started.TrySetResult();
            await ready.WaitAsync(stop).ConfigureAwait(false);
            if (run.Config.Ports.Count > 0)
                await RoutablePods.WaitAsync(_services.Mirror.Client, _options.Compose.Namespace, run.Config.Name, pods, _services.Clock, stop).ConfigureAwait(false);
            run.Ready.TrySetResult();
            _options.Progress.ServiceReady(run.Config.Name, Interlocked.Increment(ref _readyCount), _runs.Count);
        }
        catch (Exception e)
        {
            run.Started.TrySetException(e);
            run.Ready.TrySetException(e);
            if (!stop.IsCancellationRequested) _options.Progress.Trouble(run.Config.Name, e.Message);
            throw;
        }
    }

    private async Task SayWhenLateAsync(ServiceRun run, Task ready, CancellationToken stop)
    {
        try
        {
            // What ends while it starts is told at once: to wait for it would be in vain.
            Task first = await Task.WhenAny([ready, .. run.Replicas.Select(replica => replica.Ended)]).WaitAsync(Patience, _services.Clock, stop).ConfigureAwait(false);
            if (first is Task<string> ended) _options.Progress.Trouble(run.Config.Name, $"{await ended.ConfigureAwait(false)}; it is tried again and again");
            await ready.WaitAsync(Patience, _services.Clock, stop).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _options.Progress.Trouble(run.Config.Name, $"{run.Trouble}; see 'tulle logs {run.Config.Name}'");
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Reported by the start itself.
        }
    }

    private ReplicaModel Plan(ServiceConfig service, string pod, bool first)
    {
        lock (_ports)
        {
            ReplicaState? last = _state.Current.Replicas.GetValueOrDefault(pod);
            HashSet<string> taken = [.. _state.Current.Replicas.Values.Select(replica => replica.Address)];
            string prefix = string.Create(CultureInfo.InvariantCulture, $"127.{_facts.Octet}.");
            IPAddress address = last?.Address.StartsWith(prefix, StringComparison.Ordinal) == true
                ? IPAddress.Parse(last.Address) : AddressBlock.Next(_facts.Octet, taken);
            ReplicaModel model = ReplicaPlan.Of(_facts, service, _options.Compose.Namespace, pod, address,
                port => Keep(last, port) ?? _ports.Next(), publish: first);
            _state.UpdateReplica(pod, state => state with
            {
                Address = address.ToString(),
                AppPorts = model.Ports.ToDictionary(port => port.Port, port => port.App),
            });
            return model;
        }
    }

    // A port of last time is kept while its application runs, or when nobody took it since.
    private static int? Keep(ReplicaState? last, int port) =>
        last is not null && last.AppPorts.TryGetValue(port, out int app) && (last.App is { IsAlive: true } || Sockets.CanListen(IPAddress.Loopback, app)) ? app : null;

    private static IEnumerable<string> PodNames(ServiceConfig service) =>
        Enumerable.Range(0, service.Replicas).Select(i => string.Create(CultureInfo.InvariantCulture, $"{service.Name}-{i}"));

    private sealed class ServiceRun(ServiceConfig config)
    {
        public ServiceConfig Config { get; } = config;

        public string? DeploymentUid { get; set; }

        /// <summary>Replaced as a whole, so that a reader sees one state or the other.</summary>
        public IReadOnlyList<Replica> Replicas { get; set; } = [];

        public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Ready { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Trouble => Replicas.Select(replica => replica.Trouble).FirstOrDefault(trouble => trouble is not null) ?? "it waits for services that it depends on";
    }
}
