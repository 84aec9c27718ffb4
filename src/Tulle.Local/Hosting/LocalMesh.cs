using Tulle.Kubernetes;
using Tulle.Kubernetes.Events;
using Tulle.Kubernetes.Watching;
using Tulle.Local.Addresses;
using Tulle.Local.Adoption;
using Tulle.Local.Credentials;
using Tulle.Local.EndpointSlices;
using Tulle.Local.Mirroring;
using Tulle.Local.Reconciliation;
using Tulle.Local.Supervision;

namespace Tulle.Local.Hosting;

/// <summary>
/// A mesh on this machine: API server, control plane, and the processes of a Compose file with a sidecar beside each.
/// It is up from <see cref="StartAsync"/> until it is disposed; processes and objects of an earlier mesh that was killed are
/// taken over.
/// </summary>
public sealed class LocalMesh : IAsyncDisposable
{
    private readonly MeshHome _home;
    private readonly MeshLock _lock;
    private readonly AddressBlock _addresses;
    private readonly StateFile _state;
    private readonly MeshServers _servers;
    private readonly ExitWatcher _watcher;
    private readonly HttpClient _http;
    private readonly CancellationTokenSource _stopControllers = new();
    private readonly Task _controllers;
    private readonly MeshWorkloads _workloads;

    private LocalMesh(
        LocalMeshOptions options, MeshLock held, AddressBlock addresses, AppPorts ports, StateFile state, MeshServers servers)
    {
        (_home, _lock, _addresses, _state, _servers) = (options.Home, held, addresses, state, servers);
        _watcher = new ExitWatcher();
        _http = ReplicaHttp.Create();
        KubernetesClient client = servers.Client;
        var services = new ReplicaServices
        {
            Home = options.Home,
            Mirror = new ObjectMirror(client),
            Events = new EventRecorder(client, "tulle", options.Clock),
            Credentials = new WorkloadCredentials(client, options.Home, options.Clock),
            Watcher = _watcher,
            Http = _http,
            Clock = options.Clock,
            State = state,
            Log = options.Progress.Say,
        };
        var facts = new MeshFacts
        {
            Home = options.Home,
            Octet = addresses.Octet,
            ControlPlane = servers.ControlPlane,
            OtlpReceiver = servers.OtlpReceiver,
            LeavesTraces = options.LeavesTraces,
            ExecutableFolder = options.ExecutableFolder,
            Environment = options.Environment,
            MetricsCompat = options.MetricsCompat,
            RedactedHeaders = state.Current.RedactedHeaders,
            FirstAllowedPort = ReplicaPorts.FirstAllowed(),
        };
        _workloads = new MeshWorkloads(options, facts, services, ports);
        _controllers = Task.WhenAll(
            services.Events.RunAsync(_stopControllers.Token),
            new EndpointSliceController(client, options.Clock, options.Random, options.Progress.Say).RunAsync(_stopControllers.Token),
            new DeploymentStatusController(client, options.Clock, options.Random, options.Progress.Say).RunAsync(_stopControllers.Token),
            new AnchorsWatcher(services.Credentials, state).RunAsync(client, options.Clock, new Random(options.Random.Next()), _stopControllers.Token),
            WatchPodsAsync(client, options),
            new JoinedWatcher(options.Home, services, new Random(options.Random.Next())).RunAsync(_stopControllers.Token),
            new PrometheusTargets(options.Home, servers.Metrics, options.Progress.Say).RunAsync(
                client, options.Clock, new Random(options.Random.Next()), _stopControllers.Token),
            new LogFiles(options.Home.Logs, options.Clock).RunAsync(_stopControllers.Token));
    }

    /// <summary>The mesh's API, as its administrator.</summary>
    public KubernetesClient Client => _servers.Client;

    /// <summary>Opens the dashboard, with a token that only the mesh's owner may see.</summary>
    public Uri Dashboard => _servers.Dashboard;

    /// <summary>Completes when every service is ready; faults when one cannot be mirrored.</summary>
    public Task Ready => _workloads.Ready;

    /// <summary>Services that are not ready, and why.</summary>
    public IReadOnlyList<(string Service, string Why)> Troubles => _workloads.Troubles;

    /// <summary>Starts the servers and begins to start the services; returns before they are ready.</summary>
    /// <exception cref="MeshStartException">It cannot start; the message says why and what to do.</exception>
    public static async Task<LocalMesh> StartAsync(LocalMeshOptions options, CancellationToken cancellation)
    {
        string proxy = Path.Combine(options.ExecutableFolder, "tulle-proxy");
        if (!File.Exists(proxy)) throw new MeshStartException($"tulle-proxy is missing: it belongs beside tulle, at {proxy}; run scripts/build.sh");
        options.Home.Create();
        MeshLock held = MeshLock.TryAcquire(options.Home) ?? throw AlreadyRunning(options.Home);
        AddressBlock? addresses = null;
        MeshServers? servers = null;
        try
        {
            StateFile state = await OpenStateAsync(options).ConfigureAwait(false);
            bool ownsRunning = state.Current.Replicas.Values.Any(replica => replica.App is { IsAlive: true } || replica.Proxy is { IsAlive: true });
            addresses = AddressBlock.Take(options.Home.Folder, state.Current.Octet, ownsRunning);
            var ports = new AppPorts(addresses.Octet);
            state.Update(current => current with { Octet = addresses.Octet, ReadyBy = 0, MetricsCompat = options.MetricsCompat, RedactedHeaders = Redacted(options) });
            ports.Reserve(state.Current.Replicas.Values.SelectMany(replica => replica.AppPorts.Values));
            servers = await MeshServers.StartAsync(options, state, ports, cancellation).ConfigureAwait(false);
            options.Progress.Say($"Kubernetes API at {servers.Client.Options.Server.GetLeftPart(UriPartial.Authority)}, control plane at {servers.ControlPlane.GetLeftPart(UriPartial.Authority)}");
            var mesh = new LocalMesh(options, held, addresses, ports, state, servers);
            mesh._workloads.Start(mesh.MarkReady);
            return mesh;
        }
        catch (Exception e)
        {
            if (servers is not null) await servers.DisposeAsync().ConfigureAwait(false);
            addresses?.Dispose();
            held.Dispose();
            if (e is IOException or System.Data.Common.DbException or InvalidOperationException or ApiStatusException or ApiUnreachableException)
                throw new MeshStartException($"the mesh cannot start: {e.Message}", inner: e);
            throw;
        }
    }

    /// <summary>Stops every service, those that others depend on last, then the servers; leaves no process and no lock.</summary>
    public async ValueTask DisposeAsync()
    {
        await _workloads.StopAsync().ConfigureAwait(false);
        _state.Update(state => state with { ReadyBy = 0 });
        _stopControllers.Cancel();
        await _controllers.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _servers.DisposeAsync().ConfigureAwait(false);
        DashboardFile.Delete(_home);
        _http.Dispose();
        _watcher.Dispose();
        _addresses.Dispose();
        _stopControllers.Dispose();
        _lock.Dispose();
    }

    private Task WatchPodsAsync(KubernetesClient client, LocalMeshOptions options)
    {
        var pods = new ObjectCache((_, name, before, now) =>
        {
            if (now is null) _workloads.Replace(name, before.Text("metadata", "uid") ?? "");
        }, options.Progress.Say);
        var managed = new ReflectorOptions { LabelSelector = $"{MeshLabels.ManagedBy}={MeshLabels.Manager}" };
        return new Reflector(client, KnownPaths.Pods(), pods, managed, options.Clock, new Random(options.Random.Next())).RunAsync(_stopControllers.Token);
    }

    private void MarkReady() => _state.Update(state => state with { ReadyBy = Environment.ProcessId });

    private static async Task<StateFile> OpenStateAsync(LocalMeshOptions options)
    {
        if (options.Fresh)
        {
            await MeshSweep.EndAllAsync(options.Home, options.Clock).ConfigureAwait(false);
            DashboardFile.Delete(options.Home);
            // SQLite's journal files belong to the database.
            foreach (string suffix in (string[])["", "-wal", "-shm"])
            {
                File.Delete($"{options.Home.Database}{suffix}");
                File.Delete($"{options.Home.History}{suffix}");
                File.Delete($"{options.Home.Traces}{suffix}");
            }
        }
        return StateFile.Open(options.Home.State);
    }

    /// <summary>A field that is a secret of one service is a secret in every sidecar: its callers see it, too.</summary>
    private static string[] Redacted(LocalMeshOptions options) =>
        [.. options.RedactedHeaders.Concat(options.Compose.RedactedHeaders).Concat(options.Compose.Services.SelectMany(service => service.RedactedHeaders)).Distinct(StringComparer.OrdinalIgnoreCase)];

    /// <summary>Why a second mesh with the same state folder does not start, and what to do.</summary>
    public static MeshStartException AlreadyRunning(MeshHome home)
    {
        string process = MeshLock.HolderOf(home) is { } pid ? $" (process {pid})" : "";
        return new MeshStartException($"a mesh is already running{process}; stop it with 'tulle down', or add a workload to it with 'tulle run'", alreadyRunning: true);
    }
}
