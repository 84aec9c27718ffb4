using System.Globalization;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Tulle.Kubernetes.Events;

/// <summary>
/// Writes Kubernetes Events. Recording never waits; when the API does not keep up, or is away, the oldest are lost.
/// The same event again raises the count of the first. Recording is thread-safe.
/// </summary>
public sealed class EventRecorder
{
    /// <summary>Events that may wait to be written.</summary>
    public const int MaxWaiting = 256;

    /// <summary>Distinct events that are remembered for counting.</summary>
    private const int MaxRemembered = 1024;

    /// <summary>Characters of a message; Kubernetes takes no more.</summary>
    private const int MaxMessage = 1024;

    private readonly KubernetesClient _client;
    private readonly string _component;
    private readonly TimeProvider _clock;
    private readonly Channel<Entry> _waiting;
    private readonly Dictionary<(EventSubject Subject, string Reason, string Message), (string Name, int Count)> _written = [];
    private long _sequence, _lost;

    /// <param name="client">Where they are written.</param>
    /// <param name="component">Who says it: <c>source.component</c>.</param>
    /// <param name="clock">For their times.</param>
    public EventRecorder(KubernetesClient client, string component, TimeProvider clock)
    {
        _client = client;
        _component = component;
        _clock = clock;
        _sequence = clock.GetUtcNow().ToUnixTimeMilliseconds();
        _waiting = Channel.CreateBounded<Entry>(
            new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true }, _ => Interlocked.Increment(ref _lost));
    }

    /// <summary>Events that wait to be written.</summary>
    public int Waiting => _waiting.Reader.Count;

    /// <summary>Events that were not written because too many waited.</summary>
    public long Lost => Interlocked.Read(ref _lost);

    public void Normal(EventSubject subject, string reason, string message) => Record(subject, "Normal", reason, message);

    public void Warning(EventSubject subject, string reason, string message) => Record(subject, "Warning", reason, message);

    /// <summary>Writes what is recorded until cancelled; then returns normally.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            await foreach (Entry entry in _waiting.Reader.ReadAllAsync(stop).ConfigureAwait(false))
            {
                try
                {
                    await WriteAsync(entry, stop).ConfigureAwait(false);
                }
                catch (Exception e) when (e is ApiStatusException or ApiUnreachableException)
                {
                    // An event is a courtesy: what it tells about also stands elsewhere.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
    }

    private void Record(EventSubject subject, string type, string reason, string message) =>
        _waiting.Writer.TryWrite(new Entry(subject, type, reason, message.Length <= MaxMessage ? message : message[..MaxMessage]));

    private async Task WriteAsync(Entry entry, CancellationToken stop)
    {
        string now = _clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        (EventSubject, string, string) key = (entry.Subject, entry.Reason, entry.Message);
        if (_written.TryGetValue(key, out (string Name, int Count) known))
        {
            _written[key] = known with { Count = known.Count + 1 };
            var change = new JsonObject { ["count"] = known.Count + 1, ["lastTimestamp"] = now };
            try
            {
                await _client.PatchAsync(Path(entry.Subject, known.Name), PatchKind.Merge, change, null, stop).ConfigureAwait(false);
                return;
            }
            catch (ApiStatusException e) when (e.IsNotFound)
            {
                // It has expired: Events are kept for an hour.
            }
        }
        string name = string.Create(CultureInfo.InvariantCulture, $"{entry.Subject.Name}.{_sequence++:x}");
        if (_written.Count >= MaxRemembered) _written.Clear();
        _written[key] = (name, 1);
        await _client.CreateAsync(Path(entry.Subject, null), ToJson(entry, name, now), null, stop).ConfigureAwait(false);
    }

    private JsonObject ToJson(Entry entry, string name, string now) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Event",
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = entry.Subject.Namespace },
        ["involvedObject"] = new JsonObject
        {
            ["apiVersion"] = entry.Subject.ApiVersion, ["kind"] = entry.Subject.Kind, ["namespace"] = entry.Subject.Namespace, ["name"] = entry.Subject.Name, ["uid"] = entry.Subject.Uid,
        },
        ["type"] = entry.Type,
        ["reason"] = entry.Reason,
        ["message"] = entry.Message,
        ["source"] = new JsonObject { ["component"] = _component },
        ["firstTimestamp"] = now,
        ["lastTimestamp"] = now,
        ["count"] = 1,
    };

    private static ResourcePath Path(EventSubject subject, string? name) => ResourcePath.Of("", "v1", "events", subject.Namespace, name);

    private sealed record Entry(EventSubject Subject, string Type, string Reason, string Message);
}
