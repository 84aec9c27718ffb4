using System.Text.Json.Nodes;

namespace Tulle.Kubernetes.Watching;

/// <summary>
/// Keeps a handler in step with a collection: lists it, watches it from there, and starts over when the server says that
/// the version is gone. Runs until cancelled, whatever the server does; after each recovery the handler gets the difference.
/// </summary>
/// <param name="client">Where.</param>
/// <param name="path">The collection.</param>
/// <param name="handler">Who is told.</param>
/// <param name="options">Selectors and waits.</param>
/// <param name="clock">For the waits.</param>
/// <param name="random">For the jitter; used by this reflector only.</param>
public sealed class Reflector(
    KubernetesClient client, ResourcePath path, IReflectorHandler handler, ReflectorOptions options, TimeProvider clock, Random random)
{
    private readonly Dictionary<(string Namespace, string Name), string> _versions = [];
    private readonly ResourcePath[] _paths = [path, .. options.Fallbacks];
    private readonly Backoff _backoff = new(options.MinBackoff, options.MaxBackoff, random);
    private string? _resourceVersion;
    private int _served;

    /// <summary>Runs until cancelled; then returns normally.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            TimeSpan wait;
            try
            {
                if (_resourceVersion is null) await ListAsync(cancellation).ConfigureAwait(false);
                bool lived = await WatchAsync(cancellation).ConfigureAwait(false);
                if (lived) continue;
                // Ended at once without an event: a server that does so for ever must not be asked in a tight loop.
                wait = _backoff.Next();
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (ApiStatusException error) when (error.IsExpired)
            {
                _resourceVersion = null;
                wait = _backoff.Next();
            }
            catch (ApiStatusException error) when (error.IsNotFound)
            {
                _resourceVersion = null;
                _served = (_served + 1) % _paths.Length;
                if (_served != 0) continue;
                Replace(new ResourceList([], ""));
                wait = options.MissingKindRetry;
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                handler.Failed(error);
                // The server may have come back with another history (a restored database), where the old version means nothing.
                if (error is not ApiUnreachableException and not IOException) _resourceVersion = null;
                wait = _backoff.Next();
            }

            try
            {
                await Task.Delay(wait, clock, cancellation).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task ListAsync(CancellationToken cancellation)
    {
        var selection = new ListOptions { LabelSelector = options.LabelSelector, FieldSelector = options.FieldSelector };
        ResourceList list = await client.ListAsync(_paths[_served], selection, cancellation).ConfigureAwait(false);
        Replace(list);
        _resourceVersion = list.ResourceVersion;
    }

    private void Replace(ResourceList list)
    {
        var gone = new Dictionary<(string, string), string>(_versions);
        foreach (JsonObject item in list.Items)
        {
            gone.Remove((item.ObjectNamespace(), item.ObjectName()));
            Deliver(item);
        }
        foreach (((string @namespace, string name) key, string version) in gone)
        {
            _versions.Remove(key);
            handler.Handle(new ReflectorEvent(ReflectorEventKind.Deleted, Tombstone(key.@namespace, key.name, version)));
        }
        handler.Handle(new ReflectorEvent(ReflectorEventKind.Synced, null));
    }

    /// <summary>False when the watch ended without having delivered anything within a second.</summary>
    private async Task<bool> WatchAsync(CancellationToken cancellation)
    {
        long started = clock.GetTimestamp();
        bool delivered = false;
        double seconds = options.WatchTimeout.TotalSeconds * (1 + random.NextDouble());
        string query = QueryString.Of(
            ("watch", "true"), ("allowWatchBookmarks", "true"), ("resourceVersion", _resourceVersion),
            ("labelSelector", options.LabelSelector), ("fieldSelector", options.FieldSelector),
            ("timeoutSeconds", ((int)seconds).ToString()));
        await using Stream stream = await client.OpenStreamAsync(_paths[_served] + query, cancellation).ConfigureAwait(false);
        handler.Watching();
        await foreach ((string type, JsonObject value) in WatchStream.ReadAsync(stream, cancellation).ConfigureAwait(false))
        {
            if (type == "ERROR") throw ApiStatusException.Of(value, 500, $"watch of {_paths[_served]}");
            if (value.ObjectVersion() is { Length: > 0 } version) _resourceVersion = version;
            _backoff.Reset();
            delivered = true;
            if (type is "ADDED" or "MODIFIED") Deliver(value);
            else if (type == "DELETED") Remove(value);
        }
        return delivered || clock.GetElapsedTime(started) > TimeSpan.FromSeconds(1);
    }

    private void Deliver(JsonObject value)
    {
        (string, string) key = (value.ObjectNamespace(), value.ObjectName());
        bool known = _versions.TryGetValue(key, out string? version);
        if (known && version == value.ObjectVersion()) return;
        _versions[key] = value.ObjectVersion();
        handler.Handle(new ReflectorEvent(known ? ReflectorEventKind.Modified : ReflectorEventKind.Added, value));
    }

    private void Remove(JsonObject value)
    {
        _versions.Remove((value.ObjectNamespace(), value.ObjectName()));
        handler.Handle(new ReflectorEvent(ReflectorEventKind.Deleted, value));
    }

    private static JsonObject Tombstone(string @namespace, string name, string version)
    {
        var metadata = new JsonObject { ["name"] = name, ["resourceVersion"] = version };
        if (@namespace.Length > 0) metadata["namespace"] = @namespace;
        return new JsonObject { ["metadata"] = metadata };
    }
}
