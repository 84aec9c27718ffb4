using Tulle.Proxy.Resilience;

namespace Tulle.Proxy.Balancing;

/// <summary>One endpoint of one backend on one event loop, as its balancer sees it. Loop thread only.</summary>
internal sealed class Candidate(EndpointState state, EndpointHealth? health, int weight, int priority, int index)
{
    /// <summary>Most that a weight counts: larger ones would leave no room for thousands of endpoints in a 32-bit sum.</summary>
    public const int MaxWeight = 65_535;

    /// <summary>What the loop knows of the endpoint, whatever backend it is used through.</summary>
    public EndpointState State { get; } = state;

    /// <summary>What all loops know of its health in this backend; null where nothing watches it.</summary>
    public EndpointHealth? Health { get; } = health;

    /// <summary>1 to <see cref="MaxWeight"/>.</summary>
    public int Weight { get; } = weight;

    /// <summary>0 first.</summary>
    public int Priority { get; } = priority;

    /// <summary>Its place in the backend's model, by which hash tables refer to it.</summary>
    public int Index { get; } = index;

    /// <summary>Requests may be sent to it, as of the balancer's last look.</summary>
    internal bool IsUsable { get; set; } = true;
}
