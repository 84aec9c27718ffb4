using System.Text.Json.Nodes;
using Tulle.Kubernetes;
using Tulle.Local.Addresses;
using Tulle.Local.Adoption;
using Tulle.Local.EndpointSlices;
using Tulle.Local.Mirroring;
using Tulle.Local.Supervision;

namespace Tulle.Local.Hosting;

/// <summary>
/// A running replica: its Pod, its sidecar and its application. The Pod is ready exactly while both processes run, the
/// sidecar has its certificate and the application is healthy.
/// </summary>
internal sealed partial class Replica
{
    // An endpoint that goes reaches every sidecar in less than 200 ms ; kubelets leave this to a preStop hook.
    private static readonly TimeSpan EndpointsLeave = TimeSpan.FromMilliseconds(500);

    private readonly ReplicaModel _model;
    private readonly ReplicaServices _services;
    private readonly PodReporter _reporter;
    private readonly CancellationTokenSource _stopApp = new();
    private readonly CancellationTokenSource _stopProxy = new();
    private readonly TaskCompletionSource _created = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _proxyReady = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _running;

    public Replica(ReplicaModel model, ReplicaServices services, string? deploymentUid)
    {
        _model = model;
        _services = services;
        _reporter = new PodReporter(model, services);
        _running = RunAsync(deploymentUid);
    }

    public ReplicaModel Model => _model;

    /// <summary>Uid of its Pod; empty before it has one and once it is told to stop.</summary>
    public string PodUid { get; private set; } = "";

    /// <summary>Completes when its Pod, with its address, is in the API; faults when it cannot be made.</summary>
    public Task Created => Task.WhenAny(_created.Task, _running).Unwrap();

    /// <summary>Completes when both processes were started for the first time; faults when the Pod cannot be made.</summary>
    public Task Started => Task.WhenAny(_reporter.Started, _running).Unwrap();

    /// <summary>Completes when the replica is ready for the first time; faults when the Pod cannot be made.</summary>
    public Task Ready => Task.WhenAny(_reporter.Ready, _running).Unwrap();

    /// <summary>Completes when one of its processes has ended by itself, or could not be started, for the first time: with how, and where more is to be read.</summary>
    public Task<string> Ended => _ended.Task;

    /// <summary>Why it is not ready, in a few words; null when it is.</summary>
    public string? Trouble => _reporter.Trouble;

    public bool IsReady => _reporter.IsReady;

    /// <summary>Ends both processes, the application first: its last requests still need the sidecar.</summary>
    /// <param name="drain">Whether others go on calling it: then it stays until they have all heard that it leaves.</param>
    public async Task StopAsync(bool drain = false)
    {
        PodUid = "";
        _reporter.Terminating();
        if (drain) await Task.Delay(EndpointsLeave, _services.Clock, CancellationToken.None).ConfigureAwait(false);
        _stopApp.Cancel();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        // A token outlives its usefulness with the Pod that it is bound to.
        string folder = Path.GetDirectoryName(_services.Home.Token(_model.Pod))!;
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        try
        {
            await _services.Mirror.RemoveAsync(KnownPaths.Pods(_model.Namespace, _model.Pod), CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ApiStatusException or ApiUnreachableException)
        {
            // The mesh went first; its next start removes what has no process.
        }
    }

    private async Task RunAsync(string? deploymentUid)
    {
        (ProcessIdentity? app, ProcessIdentity? proxy) = await AdoptableAsync().ConfigureAwait(false);
        JsonObject pod = await EnsurePodAsync(deploymentUid, keep: app is not null || proxy is not null).ConfigureAwait(false);
        string uid = pod.Text("metadata", "uid") ?? "";
        PodUid = uid;
        bool carriesOn = app is not null && proxy is not null && SliceBuilder.IsReady(pod);
        _reporter.Begin(uid, carriesOn ? (app!, proxy!) : null);
        _created.TrySetResult();
        DateTimeOffset renewAt = await _services.Credentials.WriteAsync(_model, uid, _stopApp.Token).ConfigureAwait(false);

        using var stopReporter = new CancellationTokenSource();
        Task reporting = _reporter.RunAsync(stopReporter.Token);
        Task renewing = _services.Credentials.RenewAsync(_model, uid, renewAt, _stopProxy.Token);
        Task proxyRun = RunProcessAsync(_model.Proxy, new ProxyWatch(this), proxy, _stopProxy.Token);
        try
        {
            // Without a sidecar an application's first calls would fail, so it waits; but not for one that cannot start.
            if (app is null) await Task.WhenAny(_proxyReady.Task, Task.Delay(TimeSpan.FromSeconds(10), _services.Clock, _stopApp.Token)).ConfigureAwait(false);
            await RunProcessAsync(_model.App, new AppWatch(this), app, _stopApp.Token).ConfigureAwait(false);
        }
        finally
        {
            _stopProxy.Cancel();
            await proxyRun.ConfigureAwait(false);
            await renewing.ConfigureAwait(false);
            stopReporter.Cancel();
            await reporting.ConfigureAwait(false);
        }
    }

    private Task RunProcessAsync(ProcessConfig config, IProcessObserver observer, ProcessIdentity? adopt, CancellationToken stop) =>
        new SupervisedProcess(config, _services.Watcher, _services.Clock, observer).RunAsync(adopt, stop);

    // What runs from last time and is what would be started now goes on; what runs and is not, is ended first.
    private async Task<(ProcessIdentity? App, ProcessIdentity? Proxy)> AdoptableAsync()
    {
        if (_services.State is not { } file) return (null, null);
        string appDigest = Digest.Of(_model.App);
        string proxyDigest = Digest.Of(_model.Proxy);
        ReplicaState? last = file.Current.Replicas.GetValueOrDefault(_model.Pod);
        ProcessIdentity? app = last?.App is { IsAlive: true } && last.AppDigest == appDigest ? last.App : null;
        ProcessIdentity? proxy = last?.Proxy is { IsAlive: true } && last.ProxyDigest == proxyDigest ? last.Proxy : null;
        if (app is null) await ProcessEnding.EndAsync(last?.App, _services.Watcher, _model.App.Grace, _services.Clock).ConfigureAwait(false);
        if (proxy is null) await ProcessEnding.EndAsync(last?.Proxy, _services.Watcher, _model.Proxy.Grace, _services.Clock).ConfigureAwait(false);
        file.UpdateReplica(_model.Pod, state => state with
        {
            Address = _model.Address.ToString(),
            AppPorts = _model.Ports.ToDictionary(port => port.Port, port => port.App),
            AppDigest = appDigest,
            ProxyDigest = proxyDigest,
            App = app,
            Proxy = proxy,
            Supervisor = _model.Supervisor,
        });
        return (app, proxy);
    }

    // A Pod stands for a set of processes: new ones get a new Pod, so that old tokens do not open the mesh to them.
    private async Task<JsonObject> EnsurePodAsync(string? deploymentUid, bool keep)
    {
        ResourcePath path = KnownPaths.Pods(_model.Namespace, _model.Pod);
        JsonObject? current = await _services.Mirror.Client.TryGetAsync(path, _stopApp.Token).ConfigureAwait(false);
        if (current is not null && keep) return current;
        if (current is not null) await _services.Mirror.RemoveAsync(path, _stopApp.Token).ConfigureAwait(false);
        return await _services.Mirror.Client.CreateAsync(path.Collection(), Manifests.Pod(_model, deploymentUid), null, _stopApp.Token).ConfigureAwait(false);
    }

    private async Task WatchProxyAsync(CancellationToken stop)
    {
        var url = new Uri($"http://{_model.Address}:{ReplicaPorts.Admin}/ready");
        try
        {
            while (!stop.IsCancellationRequested)
            {
                if (await IsSuccessAsync(url, stop).ConfigureAwait(false))
                {
                    _proxyReady.TrySetResult();
                    _reporter.Proxy(state => state with { Ready = true });
                    return;
                }
                await Task.Delay(TimeSpan.FromMilliseconds(50), _services.Clock, stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // This run of the sidecar is over.
        }
    }

    private async Task<bool> IsSuccessAsync(Uri url, CancellationToken stop)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(2), _services.Clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stop);
        try
        {
            using HttpResponseMessage response = await _services.Http.GetAsync(url, both.Token).ConfigureAwait(false);
            return response.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !stop.IsCancellationRequested))
        {
            return false;
        }
    }
}
