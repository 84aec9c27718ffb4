using Tulle.Protocol;

namespace Tulle.Proxy.Discovery;

/// <summary>
/// Which authorities the event loops use, and what has to be said to the control plane about it. There is no queue of wishes: the table
/// <em>is</em> the wish, so a lost stream needs nothing but to say everything again, and memory is bounded by the table. Thread-safe.
/// </summary>
internal sealed class SubscriptionTable(TimeProvider time) : IDestinationSource
{
    /// <summary>Most authorities; a workload that calls more is not served by a sidecar but needs an egress gateway.</summary>
    public const int MaxSubscriptions = 4_096;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Subscription> _subscriptions = new(StringComparer.Ordinal);

    // What the stream was not told yet. An authority in _changed that is in _subscriptions is to be subscribed, else unsubscribed.
    private readonly HashSet<string> _changed = new(StringComparer.Ordinal);
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Acknowledge> _acknowledgements = new(StringComparer.Ordinal);
    private TaskCompletionSource _work = NewSignal();
    private int _stream;
    private long _refused;

    /// <summary>Authorities that were not subscribed because the table was full.</summary>
    public long Refused => Volatile.Read(ref _refused);

    /// <inheritdoc/>
    public void Subscribe(string authority)
    {
        lock (_lock)
        {
            if (_subscriptions.ContainsKey(authority)) return;
            if (_subscriptions.Count >= MaxSubscriptions)
            {
                _refused++;
                return;
            }

            _subscriptions.Add(authority, new Subscription(authority));
            _changed.Add(authority);
            _work.TrySetResult();
        }
    }

    /// <inheritdoc/>
    public void Unsubscribe(string authority)
    {
        lock (_lock)
        {
            if (!_subscriptions.Remove(authority)) return;
            _acknowledgements.Remove(authority);
            _changed.Add(authority);
            _work.TrySetResult();
        }
    }

    /// <summary>Begins a stream that has been told nothing. Returns its number.</summary>
    public int BeginStream()
    {
        lock (_lock)
        {
            _told.Clear();
            _acknowledgements.Clear();
            _changed.Clear();
            _changed.UnionWith(_subscriptions.Keys);
            _work.TrySetResult();
            return ++_stream;
        }
    }

    /// <summary>Completes when there is something to send.</summary>
    public Task WaitAsync(CancellationToken cancellation)
    {
        Task work;
        lock (_lock) work = _work.Task;
        return work.WaitAsync(cancellation);
    }

    /// <summary>Takes everything that has to be sent now.</summary>
    public List<DiscoveryRequest> TakeRequests()
    {
        lock (_lock)
        {
            var requests = new List<DiscoveryRequest>(_changed.Count + _acknowledgements.Count);
            foreach (Acknowledge acknowledge in _acknowledgements.Values) requests.Add(new DiscoveryRequest { Acknowledge = acknowledge });
            foreach (string authority in _changed)
            {
                // A subscription that went and came back since the last time is a new one: the control plane has to answer it again.
                if (_told.Remove(authority)) requests.Add(new DiscoveryRequest { Unsubscribe = new Unsubscribe { Authority = authority } });
                if (!_subscriptions.ContainsKey(authority)) continue;
                requests.Add(new DiscoveryRequest { Subscribe = new Subscribe { Authority = authority } });
                _told.Add(authority);
            }

            _changed.Clear();
            _acknowledgements.Clear();
            _work = NewSignal();
            return requests;
        }
    }

    /// <summary>Notes how a message was taken; a later one about the same resource supersedes it before it is sent.</summary>
    /// <param name="error">Null when it was applied.</param>
    public void Acknowledge(string resource, ulong version, string? error)
    {
        lock (_lock)
        {
            _acknowledgements[resource] = new Acknowledge { Resource = resource, Version = version, Error = error ?? "" };
            _work.TrySetResult();
        }
    }

    /// <summary>Asks for a fresh snapshot, because what came cannot be put together with what is known.</summary>
    public void Resubscribe(string authority)
    {
        lock (_lock)
        {
            if (!_subscriptions.ContainsKey(authority)) return;
            _changed.Add(authority);
            _work.TrySetResult();
        }
    }

    /// <summary>Whether an answer about the authority is still wanted.</summary>
    public Subscription? Find(string authority)
    {
        lock (_lock) return _subscriptions.GetValueOrDefault(authority);
    }

    /// <summary>Notes an answer and what became of it.</summary>
    public void Took(Subscription subscription, Destination destination, int stream, string? error)
    {
        lock (_lock) subscription.Took(destination, stream, error, time.GetUtcNow());
    }

    /// <summary>What is known now, by authority.</summary>
    public IReadOnlyList<SubscriptionSnapshot> Snapshot()
    {
        lock (_lock)
        {
            return
            [
                .. _subscriptions.Values.OrderBy(s => s.Authority, StringComparer.Ordinal)
                    .Select(s => new SubscriptionSnapshot(s.Authority, s.Applied, s.AppliedAt, s.LastError)),
            ];
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
