namespace Tulle.Proxy.Balancing;

/// <summary>What a balancer may know of the request that it picks an endpoint for.</summary>
internal readonly ref struct PickRequest
{
    /// <summary>Hash of the request's key, for the hashing policies.</summary>
    public ulong Hash { get; init; }

    /// <summary>The request has such a key; without one it goes anywhere.</summary>
    public bool HasHash { get; init; }

    /// <summary>The address that the client asked for, <c>address:port</c>; null when it asked for a name.</summary>
    public string? Original { get; init; }

    /// <summary>Endpoints to avoid where others are left; null: none.</summary>
    public TriedEndpoints? Tried { get; init; }

    /// <summary>Avoid the priorities of those endpoints too.</summary>
    public bool AvoidTriedPriorities { get; init; }
}
