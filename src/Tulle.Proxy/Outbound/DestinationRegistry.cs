using Tulle.Proxy.Discovery;
using Tulle.Proxy.Routing;

namespace Tulle.Proxy.Outbound;

/// <summary>
/// What the loops know together: which authorities any of them uses, and the newest model of each. Loops come here when
/// they first see an authority and when they forget it, never per request. Thread-safe.
/// </summary>
internal sealed class DestinationRegistry(IDestinationSource source)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = [];

    /// <summary>A loop begins to use an authority. The model if another loop has it already; otherwise it will be applied later.</summary>
    public DestinationModel? Acquire(string authority)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(authority, out Entry? entry))
            {
                entry.Users++;
                return entry.Model;
            }
            _entries[authority] = new Entry { Users = 1 };
        }
        source.Subscribe(authority);
        return null;
    }

    /// <summary>A loop has forgotten an authority.</summary>
    public void Release(string authority)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(authority, out Entry? entry) || --entry.Users > 0) return;
            _entries.Remove(authority);
        }
        source.Unsubscribe(authority);
    }

    /// <summary>Keeps a new model; false when nobody uses the authority any more.</summary>
    public bool Store(DestinationModel model)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(model.Authority, out Entry? entry)) return false;
            entry.Model = model;
            return true;
        }
    }

    /// <summary>Every model there is, for /config.</summary>
    public IReadOnlyList<DestinationModel> Models
    {
        get
        {
            lock (_lock) return [.. _entries.Values.Where(entry => entry.Model is not null).Select(entry => entry.Model!)];
        }
    }

    private sealed class Entry
    {
        public int Users;
        public DestinationModel? Model;
    }
}
