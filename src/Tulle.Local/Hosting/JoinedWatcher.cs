using System.Globalization;
using System.Text.Json.Nodes;
using Tulle.Kubernetes;
using Tulle.Kubernetes.Watching;
using Tulle.Local.Mirroring;
using Tulle.Local.Reconciliation;
using Tulle.Local.Supervision;

namespace Tulle.Local.Hosting;

/// <summary>Looks after what <c>tulle run</c> added to the mesh: when its supervisor dies, its processes and its Pod go too.</summary>
internal sealed class JoinedWatcher
{
    private readonly ReplicaServices _services;
    private readonly MeshHome _home;
    private readonly ObjectCache _pods;
    private readonly Reflector _reflector;
    private readonly HashSet<string> _watched = [];
    private CancellationToken _stop;

    public JoinedWatcher(MeshHome home, ReplicaServices services, Random random)
    {
        _home = home;
        _services = services;
        _pods = new ObjectCache(PodChanged, services.Log);
        var selected = new ReflectorOptions { LabelSelector = $"{MeshLabels.ManagedBy}={MeshLabels.JoinedManager}" };
        _reflector = new Reflector(services.Mirror.Client, KnownPaths.Pods(), _pods, selected, services.Clock, random);
    }

    public Task RunAsync(CancellationToken stop)
    {
        _stop = stop;
        return _reflector.RunAsync(stop);
    }

    private void PodChanged(string @namespace, string name, JsonObject? before, JsonObject? now)
    {
        if (now.Text("metadata", "annotations", MeshLabels.Supervisor) is { } supervisor && _watched.Add($"{@namespace}/{name}/{supervisor}"))
            _ = WatchAsync(@namespace, name, supervisor);
    }

    private async Task WatchAsync(string @namespace, string pod, string supervisor)
    {
        string[] parts = supervisor.Split(':');
        if (parts.Length == 2 && int.TryParse(parts[0], CultureInfo.InvariantCulture, out int pid) && long.TryParse(parts[1], CultureInfo.InvariantCulture, out long start)
            && new ProcessIdentity(pid, start).IsAlive)
        {
            await ((Task)_services.Watcher.WatchAsync(pid)).WaitAsync(_stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_stop.IsCancellationRequested) return;
        }
        await MeshSweep.EndJoinedAsync(_home, pod, _services.Watcher, _services.Clock).ConfigureAwait(false);
        try
        {
            await _services.Mirror.RemoveAsync(KnownPaths.Pods(@namespace, pod), _stop).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ApiStatusException or ApiUnreachableException or OperationCanceledException)
        {
            _services.Log($"pod {@namespace}/{pod} of a 'tulle run' that died could not be removed: {e.Message}");
        }
    }
}
