using System.Collections.Concurrent;

namespace Tulle.ApiServer.Storage;

/// <summary>Hands committed changes to those who watch. Published to by the writer's thread only.</summary>
internal sealed class ChangeHub(int bufferSize, long revision)
{
    private readonly ConcurrentDictionary<ChangeSubscription, byte> _subscriptions = new();
    private long _published = revision;

    /// <summary>The last revision that every subscription has been given.</summary>
    public long Published => Volatile.Read(ref _published);

    /// <summary>Watchers at present.</summary>
    public int Count => _subscriptions.Count;

    /// <param name="type">The resource; null for all of them.</param>
    /// <param name="ns">The namespace; null for all.</param>
    public ChangeSubscription Subscribe(ResourceType? type, string? ns)
    {
        var subscription = new ChangeSubscription(this, type, ns, bufferSize);
        _subscriptions[subscription] = 0;
        return subscription;
    }

    public void Publish(List<StoreChange> changes)
    {
        if (changes.Count == 0) return;
        foreach (ChangeSubscription subscription in _subscriptions.Keys)
        {
            foreach (StoreChange change in changes) subscription.Offer(change);
        }
        Volatile.Write(ref _published, changes[^1].Revision);
    }

    public void Remove(ChangeSubscription subscription) => _subscriptions.TryRemove(subscription, out _);
}
