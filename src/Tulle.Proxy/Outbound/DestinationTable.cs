using System.Text;
using Tulle.Proxy.Forwarding;
using Tulle.Proxy.Routing;

namespace Tulle.Proxy.Outbound;

/// <summary>The destinations that one event loop uses. Loop thread only.</summary>
internal sealed class DestinationTable
{
    // A DNS name has at most 253 characters (RFC 1035 §3.1); with brackets, zone and port nothing sensible is longer.
    private const int MaxAuthority = 300;

    private readonly Worker _worker;
    private readonly DestinationRegistry _registry;
    private readonly Dictionary<string, DestinationState> _destinations = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DestinationState>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    public DestinationTable(Worker worker, DestinationRegistry registry)
    {
        _worker = worker;
        _registry = registry;
        _lookup = _destinations.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Sessions that wait for a first answer.</summary>
    public int Waiting { get; set; }

    public int Count => _destinations.Count;

    /// <summary>
    /// The destination of an authority as a client wrote it; a missing port means 80. Unknown ones are asked for.
    /// Null when it cannot be one, or when too many are in use at one time.
    /// </summary>
    public DestinationState? Find(ReadOnlySpan<byte> authority, out MeshError error)
    {
        error = MeshError.BadRequest;
        if (authority.IsEmpty || authority.Length > MaxAuthority) return null;
        Span<char> key = stackalloc char[MaxAuthority + 3];
        int length = Normalize(authority, key);
        if (!_lookup.TryGetValue(key[..length], out DestinationState? destination))
        {
            error = MeshError.Overloaded;
            if (_destinations.Count >= _worker.Config.MaxDestinations && !EvictOldest()) return null;
            destination = Add(key[..length].ToString());
        }
        destination.LastUsedMs = _worker.Loop.NowMs;
        error = MeshError.None;
        return destination;
    }

    /// <summary>Takes a model, if this loop uses the authority.</summary>
    public void Apply(DestinationModel model)
    {
        if (_destinations.TryGetValue(model.Authority, out DestinationState? destination)) destination.Apply(model);
    }

    /// <summary>Forgets what was not used since <paramref name="sinceMs"/>.</summary>
    public void ForgetUnused(long sinceMs)
    {
        List<DestinationState>? unused = null;
        foreach (DestinationState destination in _destinations.Values)
        {
            if (destination.LastUsedMs < sinceMs && !destination.HasWaiters) (unused ??= []).Add(destination);
        }
        if (unused is null) return;
        foreach (DestinationState destination in unused) Forget(destination);
    }

    private DestinationState Add(string authority)
    {
        var destination = new DestinationState(_worker, authority);
        _destinations[authority] = destination;
        if (_registry.Acquire(authority) is { } model) destination.Apply(model);
        return destination;
    }

    private bool EvictOldest()
    {
        DestinationState? oldest = null;
        foreach (DestinationState destination in _destinations.Values)
        {
            if (!destination.HasWaiters && (oldest is null || destination.LastUsedMs < oldest.LastUsedMs)) oldest = destination;
        }
        if (oldest is null) return false;
        Forget(oldest);
        return true;
    }

    private void Forget(DestinationState destination)
    {
        _destinations.Remove(destination.Authority);
        destination.Release();
        _registry.Release(destination.Authority);
    }

    private static int Normalize(ReadOnlySpan<byte> authority, Span<char> key)
    {
        int length = Encoding.Latin1.GetChars(authority, key);
        for (int i = 0; i < length; i++)
        {
            if (key[i] is >= 'A' and <= 'Z') key[i] = (char)(key[i] | 0x20);
        }
        // "[::1]" has colons and no port.
        if (key[..length].LastIndexOf(':') > key[..length].LastIndexOf(']')) return length;
        ":80".CopyTo(key[length..]);
        return length + 3;
    }
}
