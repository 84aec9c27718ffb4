using System.Text.Json.Nodes;
using Tulle.Kubernetes;
using Tulle.Kubernetes.Events;
using Tulle.Local.Mirroring;
using Tulle.Local.Supervision;

namespace Tulle.Local.Hosting;

/// <summary>
/// Writes a replica's state into its Pod's status. Changes wake one writer, which writes the state as it is then: in order,
/// never more than one request at a time, and at once when the last one is through.
/// </summary>
internal sealed class PodReporter(ReplicaModel model, ReplicaServices services)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(200);

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _changed = new(0, 1);
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ContainerState _app = new();
    private ContainerState _proxy = new();
    private DateTimeOffset _created;
    private DateTimeOffset _readySince;
    private bool _terminating;
    private string _uid = "";

    public Task Started => _started.Task;

    public Task Ready => _ready.Task;

    public bool IsReady
    {
        get
        {
            lock (_gate) return _app.Ready && _proxy.Ready;
        }
    }

    /// <summary>The application's process; null while it does not run.</summary>
    public ProcessIdentity? AppProcess
    {
        get
        {
            lock (_gate) return _app.Process;
        }
    }

    public string? Trouble
    {
        get
        {
            lock (_gate)
            {
                if (_app.Ready && _proxy.Ready) return null;
                if (_proxy.Message.Length > 0) return $"sidecar: {_proxy.Message}";
                if (_app.Message.Length > 0) return _app.Message;
                if (!_proxy.Ready) return _proxy.Process is null ? "its sidecar does not run" : "its sidecar is not ready";
                return _app.Process is null ? "its process does not run" : "its health check has not passed yet";
            }
        }
    }

    /// <summary>The Pod exists now.</summary>
    /// <param name="uid">Its uid.</param>
    /// <param name="carryOn">
    /// Processes of an earlier mesh that were ready when it died: they stay endpoints, until a check says otherwise. To
    /// wait for the first check would take every replica out of service at once.
    /// </param>
    public void Begin(string uid, (ProcessIdentity App, ProcessIdentity Proxy)? carryOn)
    {
        _uid = uid;
        _created = _readySince = services.Clock.GetUtcNow();
        if (carryOn is not { } running) return;
        _app = _app with { Process = running.App, StartedAt = _created, Ready = true };
        _proxy = _proxy with { Process = running.Proxy, StartedAt = _created, Ready = true };
    }

    public void App(Func<ContainerState, ContainerState> change) => Change(() => _app = change(_app));

    public void Proxy(Func<ContainerState, ContainerState> change) => Change(() => _proxy = change(_proxy));

    /// <summary>From now on the Pod is not ready, whatever its processes do.</summary>
    public void Terminating() => Change(() => _terminating = true);

    private EventSubject Subject => EventSubject.Pod(model.Namespace, model.Pod, _uid);

    public void Normal(string reason, string message) => services.Events.Normal(Subject, reason, message);

    public void Warning(string reason, string message) => services.Events.Warning(Subject, reason, message);

    /// <summary>Writes changes until cancelled.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await _changed.WaitAsync(stop).ConfigureAwait(false);
                try
                {
                    await WriteAsync(stop).ConfigureAwait(false);
                }
                catch (Exception e) when (e is ApiStatusException or ApiUnreachableException)
                {
                    // A Pod that somebody deleted comes back with the next start of the mesh.
                    if (e is ApiStatusException { IsNotFound: true }) continue;
                    await Task.Delay(RetryAfter, services.Clock, stop).ConfigureAwait(false);
                    Wake();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The replica is gone.
        }
    }

    private Task WriteAsync(CancellationToken stop)
    {
        JsonObject status;
        lock (_gate)
        {
            ContainerState app = _terminating ? _app with { Ready = false } : _app;
            status = PodStatus.Of(model, app, _proxy, _created, _readySince, _terminating ? "it is being stopped" : Trouble ?? "");
        }
        return services.Mirror.Client.PatchAsync(
            KnownPaths.Pods(model.Namespace, model.Pod).WithSubresource("status"), PatchKind.Merge, new JsonObject { ["status"] = status }, null, stop);
    }

    private void Change(Action change)
    {
        lock (_gate)
        {
            bool before = _app.Ready && _proxy.Ready;
            change();
            bool now = _app.Ready && _proxy.Ready;
            if (before != now) _readySince = services.Clock.GetUtcNow();
            if (_app.Process is not null && _proxy.Process is not null) _started.TrySetResult();
            if (now) _ready.TrySetResult();
        }
        Wake();
    }

    private void Wake()
    {
        lock (_gate)
        {
            if (_changed.CurrentCount == 0) _changed.Release();
        }
    }
}
