using System.Text.Json.Nodes;
using System.Threading.Channels;
using Tulle.Kubernetes;
using Tulle.Local.Hosting;

namespace Tulle.Local.Mirroring;

/// <summary>
/// Kubernetes Events about Pods. Recording never waits; when the API does not keep up, or is away, the oldest are lost.
/// The same event again raises the count of the first.
/// </summary>
internal sealed class EventRecorder(KubernetesClient client, TimeProvider clock)
{
    // Events that wait to be written.
    private const int MaxWaiting = 256;

    // Distinct events that are remembered for counting.
    private const int MaxRemembered = 1024;

    private readonly Channel<(ReplicaModel Replica, string Uid, string Type, string Reason, string Message)> _waiting =
        Channel.CreateBounded<(ReplicaModel, string, string, string, string)>(new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private readonly Dictionary<(string Pod, string Reason, string Message), (string Name, int Count)> _written = [];
    private long _sequence = clock.GetUtcNow().ToUnixTimeMilliseconds();

    public void Normal(ReplicaModel replica, string uid, string reason, string message) => _waiting.Writer.TryWrite((replica, uid, "Normal", reason, message));

    public void Warning(ReplicaModel replica, string uid, string reason, string message) => _waiting.Writer.TryWrite((replica, uid, "Warning", reason, message));

    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            await foreach (var (replica, uid, type, reason, message) in _waiting.Reader.ReadAllAsync(stop).ConfigureAwait(false))
            {
                try
                {
                    await WriteAsync(replica, uid, type, reason, message, stop).ConfigureAwait(false);
                }
                catch (Exception e) when (e is ApiStatusException or ApiUnreachableException)
                {
                    // An event is a courtesy: what it tells about also stands in the Pod's status.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
    }

    private async Task WriteAsync(ReplicaModel replica, string uid, string type, string reason, string message, CancellationToken stop)
    {
        string now = PodStatus.Time(clock.GetUtcNow());
        if (_written.TryGetValue((replica.Pod, reason, message), out (string Name, int Count) known))
        {
            _written[(replica.Pod, reason, message)] = known with { Count = known.Count + 1 };
            var change = new JsonObject { ["count"] = known.Count + 1, ["lastTimestamp"] = now };
            await client.PatchAsync(KnownPaths.Events(replica.Namespace, known.Name), PatchKind.Merge, change, null, stop).ConfigureAwait(false);
            return;
        }
        string name = $"{replica.Pod}.{_sequence++:x}";
        if (_written.Count >= MaxRemembered) _written.Clear();
        _written[(replica.Pod, reason, message)] = (name, 1);
        await client.CreateAsync(KnownPaths.Events(replica.Namespace), new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Event",
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = replica.Namespace },
            ["involvedObject"] = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Pod", ["namespace"] = replica.Namespace, ["name"] = replica.Pod, ["uid"] = uid },
            ["type"] = type,
            ["reason"] = reason,
            ["message"] = message,
            ["source"] = new JsonObject { ["component"] = "tulle" },
            ["firstTimestamp"] = now,
            ["lastTimestamp"] = now,
            ["count"] = 1,
        }, null, stop).ConfigureAwait(false);
    }
}
