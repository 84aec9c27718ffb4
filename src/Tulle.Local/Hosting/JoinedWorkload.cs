using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Tulle.Kubernetes;
using Tulle.Kubernetes.Events;
using Tulle.Kubernetes.Configuration;
using Tulle.Local.Addresses;
using Tulle.Local.Adoption;
using Tulle.Local.Compose;
using Tulle.Local.Credentials;
using Tulle.Local.EndpointSlices;
using Tulle.Local.Mirroring;
using Tulle.Local.Supervision;

namespace Tulle.Local.Hosting;

/// <summary>What joins a running mesh, and as what.</summary>
public sealed record JoinOptions
{
    public required MeshHome Home { get; init; }

    /// <summary>The service; as many replicas of it may join as people start.</summary>
    public required ServiceConfig Service { get; init; }

    public required string Namespace { get; init; }

    /// <summary>Port of 127.0.0.1 at which the program listens by itself; null: it is told one in PORT.</summary>
    public int? AppPort { get; init; }

    public required string ExecutableFolder { get; init; }

    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    public required Action<string> Log { get; init; }

    public TimeProvider Clock { get; init; } = TimeProvider.System;
}

/// <summary>One more workload in a running mesh, looked after by this process: it leaves the mesh when it is disposed.</summary>
public sealed class JoinedWorkload : IAsyncDisposable
{
    private readonly Replica _replica;
    private readonly ReplicaServices _services;
    private readonly MeshHome _home;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _events;

    private JoinedWorkload(MeshHome home, Replica replica, ReplicaServices services)
    {
        (_home, _replica, _services) = (home, replica, services);
        _events = services.Events.RunAsync(_stop.Token);
        Ready = ReadyAsync();
    }

    public string Pod => _replica.Model.Pod;

    /// <summary>HTTP proxy of the workload, as it finds it in HTTP_PROXY.</summary>
    public Uri Proxy => new($"http://{_replica.Model.Address}:{ReplicaPorts.Outbound}");

    public string LogPath => _home.AppLog(Pod);

    /// <summary>Completes when it is ready for the first time, and others' requests reach it.</summary>
    public Task Ready { get; }

    /// <summary>Why it is not ready; null when it is.</summary>
    public string? Trouble => _replica.Trouble;

    /// <exception cref="MeshStartException">No mesh runs, or it refuses the workload.</exception>
    public static async Task<JoinedWorkload> StartAsync(JoinOptions options, CancellationToken cancellation)
    {
        if (!MeshLock.IsHeld(options.Home) || StateFile.Read(options.Home.State) is not { } mesh)
            throw new MeshStartException("no mesh is running that it could join; start one with 'tulle up' or 'tulle demo'");
        var client = new KubernetesClient(KubeConfig.Load(options.Home.Kubeconfig).ToOptions(), options.Clock);
        try
        {
            string? uid = await MirrorAsync(new ObjectMirror(client), options, cancellation).ConfigureAwait(false);
            // Two that join at once must not take the same address: the second sees the Pod of the first.
            using FileStream held = await LockAsync(options, cancellation).ConfigureAwait(false);
            ReplicaModel model = await PlanAsync(client, mesh, options, cancellation).ConfigureAwait(false);
            PrivateFiles.CreateFolder(Path.GetDirectoryName(options.Home.Joined(model.Pod))!);
            var services = new ReplicaServices
            {
                Home = options.Home,
                Mirror = new ObjectMirror(client),
                Events = new EventRecorder(client, "tulle", options.Clock),
                Credentials = new WorkloadCredentials(client, options.Home, options.Clock),
                Watcher = new ExitWatcher(),
                Http = ReplicaHttp.Create(),
                Clock = options.Clock,
                State = StateFile.Open(options.Home.Joined(model.Pod)),
                Log = options.Log,
            };
            var workload = new JoinedWorkload(options.Home, new Replica(model, services, uid), services);
            await workload._replica.Created.WaitAsync(cancellation).ConfigureAwait(false);
            return workload;
        }
        catch (Exception e) when (e is ApiStatusException or ApiUnreachableException or InvalidOperationException)
        {
            client.Dispose();
            throw new MeshStartException($"the workload cannot join the mesh: {e.Message}", inner: e);
        }
    }

    /// <summary>Ends the program and its sidecar and removes the Pod.</summary>
    public async ValueTask DisposeAsync()
    {
        await _replica.StopAsync(drain: true).ConfigureAwait(false);
        _stop.Cancel();
        await _events.ConfigureAwait(false);
        string folder = Path.GetDirectoryName(_home.Joined(Pod))!;
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        _services.Http.Dispose();
        _services.Watcher.Dispose();
        _services.Mirror.Client.Dispose();
        _stop.Dispose();
    }

    private async Task ReadyAsync()
    {
        await _replica.Ready.ConfigureAwait(false);
        ReplicaModel model = _replica.Model;
        if (model.Ports.Count > 0)
            await RoutablePods.WaitAsync(_services.Mirror.Client, model.Namespace, model.Service, [model.Pod], _services.Clock, _stop.Token).ConfigureAwait(false);
    }

    private static async Task<string?> MirrorAsync(ObjectMirror mirror, JoinOptions options, CancellationToken cancellation)
    {
        (string @namespace, ServiceConfig service) = (options.Namespace, options.Service);
        await mirror.EnsureAsync(KnownPaths.Namespaces(@namespace), Manifests.Namespace(@namespace), cancellation).ConfigureAwait(false);
        await EnsureMissingAsync(mirror, KnownPaths.ServiceAccounts(@namespace, service.Name),
            Manifests.ServiceAccount(@namespace, service.Name, MeshLabels.JoinedManager), cancellation).ConfigureAwait(false);
        if (service.Ports.Count > 0)
        {
            (int, int)[] ports = [.. service.Ports.Select(port => (port.Port, ReplicaPorts.Target(port.Port, ReplicaPorts.FirstAllowed())))];
            await EnsureMissingAsync(mirror, KnownPaths.Services(@namespace, service.Name),
                Manifests.Service(@namespace, service.Name, MeshLabels.JoinedManager, (MeshLabels.Service, service.Name), ports), cancellation).ConfigureAwait(false);
        }
        JsonObject deployment = await EnsureMissingAsync(mirror, KnownPaths.Deployments(@namespace, service.Name),
            Manifests.Deployment(@namespace, service, MeshLabels.JoinedManager, ComposeMirror.PodLabels(service)), cancellation).ConfigureAwait(false);
        return deployment.Text("metadata", "uid");
    }

    // A service of the Compose file may get one more replica; its objects are the Compose file's then.
    private static async Task<JsonObject> EnsureMissingAsync(ObjectMirror mirror, ResourcePath path, JsonObject desired, CancellationToken cancellation) =>
        await mirror.Client.TryGetAsync(path, cancellation).ConfigureAwait(false) ?? await mirror.EnsureAsync(path, desired, cancellation).ConfigureAwait(false);

    private static async Task<ReplicaModel> PlanAsync(KubernetesClient client, MeshState mesh, JoinOptions options, CancellationToken cancellation)
    {
        ResourceList pods = await client.ListAsync(KnownPaths.Pods(), null, cancellation).ConfigureAwait(false);
        HashSet<string> taken = [.. pods.Items.Select(pod => pod.Text("status", "podIP") ?? pod.Text("metadata", "annotations", MeshLabels.Address)).OfType<string>()];
        IPAddress address = AddressBlock.Next(mesh.Octet, taken, joined: true);
        var facts = new MeshFacts
        {
            Home = options.Home,
            Octet = mesh.Octet,
            ControlPlane = new Uri($"https://127.0.0.1:{mesh.ControlPlanePort}"),
            OtlpReceiver = new Uri($"http://127.0.0.1:{mesh.OtlpHttpPort}"),
            LeavesTraces = mesh.LeavesTraces,
            ExecutableFolder = options.ExecutableFolder,
            Environment = options.Environment,
            MetricsCompat = mesh.MetricsCompat,
            RedactedHeaders = mesh.RedactedHeaders,
            FirstAllowedPort = ReplicaPorts.FirstAllowed(),
        };
        var ports = new AppPorts(mesh.Octet + (Environment.ProcessId % 100));
        ports.Reserve(mesh.Replicas.Values.SelectMany(replica => replica.AppPorts.Values));
        string pod = string.Create(CultureInfo.InvariantCulture, $"{options.Service.Name}-run-{Environment.ProcessId}");
        ReplicaModel model = ReplicaPlan.Of(facts, options.Service, options.Namespace, pod, address, _ => options.AppPort ?? ports.Next(), publish: true);
        return model with { Manager = MeshLabels.JoinedManager, Supervisor = ProcessIdentity.Of(Environment.ProcessId) };
    }

    private static async Task<FileStream> LockAsync(JoinOptions options, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return new FileStream(options.Home.JoinLock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), options.Clock, cancellation).ConfigureAwait(false);
            }
        }
    }
}
