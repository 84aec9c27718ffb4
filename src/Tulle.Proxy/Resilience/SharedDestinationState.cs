using System.Collections.Concurrent;

namespace Tulle.Proxy.Resilience;

/// <summary>What all loops share of one destination: its retry budget and its routes' rate limits. Any thread.</summary>
internal sealed class SharedDestinationState
{
    private readonly ConcurrentDictionary<string, RateLimiter> _limiters = new(StringComparer.Ordinal);

    public RetryBudgetState Budget { get; } = new(RetryBudgetModel.Default);

    /// <summary>Loops that use it; kept by <see cref="SharedStates"/> under its lock.</summary>
    internal int Users { get; set; }

    /// <summary>The limiter of a route, by its name: what was used up stays used up over configuration changes.</summary>
    public RateLimiter LimiterOf(string route) => _limiters.GetOrAdd(route, static _ => new RateLimiter());

    /// <summary>Forgets routes that are no more.</summary>
    public void Keep(IReadOnlyCollection<string> routes)
    {
        foreach (string name in _limiters.Keys)
        {
            if (!routes.Contains(name)) _limiters.TryRemove(name, out _);
        }
    }
}
