using System.Threading.Channels;
using Tulle.Kubernetes;

namespace Tulle.Local.Reconciliation;

/// <summary>
/// Names of objects that need a look, each at most once at a time, and the one worker that looks. What cannot be done now
/// is tried again shortly. Bounded by the number of objects that exist.
/// </summary>
internal sealed class WorkQueue(Func<string, string, CancellationToken, Task> reconcile, TimeProvider clock, Action<string> log)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(200);

    private readonly Channel<(string Namespace, string Name)> _work =
        Channel.CreateUnbounded<(string, string)>(new UnboundedChannelOptions { SingleReader = true });

    private readonly HashSet<(string Namespace, string Name)> _queued = [];

    public void Add(string @namespace, string name)
    {
        lock (_queued)
        {
            if (!_queued.Add((@namespace, name))) return;
        }
        _work.Writer.TryWrite((@namespace, name));
    }

    /// <summary>Works until cancelled.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        await foreach ((string Namespace, string Name) key in _work.Reader.ReadAllAsync(stop).ConfigureAwait(false))
        {
            lock (_queued) _queued.Remove(key);
            try
            {
                await reconcile(key.Namespace, key.Name, stop).ConfigureAwait(false);
            }
            catch (Exception e) when (e is ApiStatusException or ApiUnreachableException)
            {
                if (e is ApiStatusException { IsConflict: false, IsAlreadyExists: false, IsNotFound: false }) log($"{key.Namespace}/{key.Name}: {e.Message}");
                _ = RetryAsync(key.Namespace, key.Name, stop);
            }
        }
    }

    private async Task RetryAsync(string @namespace, string name, CancellationToken stop)
    {
        try
        {
            await Task.Delay(RetryAfter, clock, stop).ConfigureAwait(false);
            Add(@namespace, name);
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
    }
}
