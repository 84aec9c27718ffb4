using Tulle.Protocol;
using Tulle.Proxy.Routing;

namespace Tulle.Proxy.Balancing;

/// <summary>How a backend's requests are spread over its endpoints. Immutable; any thread.</summary>
internal sealed class LoadBalancerModel
{
    // More would only be a way to use up memory: Istio's localities give ten at most.
    private const int MaxPriority = 127;

    private readonly HashTable?[] _tables;

    private LoadBalancerModel(LoadBalancer? balancer, HashTable?[] tables)
    {
        Kind = balancer?.Policy ?? BalancingPolicy.BalancingUnspecified;
        Policy = BalancerPolicy.Of(Kind);
        SlowStart = SlowStartModel.Compile(balancer?.SlowStart);
        HashKey = IsHashing(Kind) ? HashKeyModel.Compile(balancer?.Hash) : null;
        _tables = tables;
    }

    public BalancingPolicy Kind { get; }

    public BalancerPolicy Policy { get; }

    /// <summary>Null: an endpoint has its whole share at once.</summary>
    public SlowStartModel? SlowStart { get; }

    /// <summary>What is hashed; null for policies that do not hash.</summary>
    public HashKeyModel? HashKey { get; }

    /// <summary>Endpoints are chosen by hash, so a request's next try may go to the same one.</summary>
    public bool IsSticky => _tables.Length > 0;

    /// <summary>Requests go to the address that the client asked for.</summary>
    public bool IsPassthrough => Kind == BalancingPolicy.BalancingPassthrough;

    /// <summary>Where keys hash to in a priority; null for policies that do not hash.</summary>
    public HashTable? TableOf(int priority) => priority < _tables.Length ? _tables[priority] : null;

    /// <summary>Compiles a balancer for these endpoints, hash tables included: they take milliseconds that no loop has.</summary>
    public static LoadBalancerModel Compile(LoadBalancer? balancer, EndpointModel[] endpoints)
    {
        if (balancer is null || !IsHashing(balancer.Policy) || endpoints.Length == 0) return new LoadBalancerModel(balancer, []);
        var tables = new HashTable?[endpoints.Max(endpoint => endpoint.Priority) + 1];
        for (int priority = 0; priority < tables.Length; priority++)
        {
            (string, int)[] members = [.. endpoints.Where(endpoint => endpoint.Priority == priority).Select(endpoint => (endpoint.Key, endpoint.Weight))];
            if (members.Length == 0) continue;
            tables[priority] = balancer.Policy == BalancingPolicy.BalancingMaglev
                ? new MaglevTable(members, balancer.TableSize)
                : new HashRing(members, balancer.TableSize);
        }
        return new LoadBalancerModel(balancer, tables);
    }

    /// <summary>A priority as it is kept: see <see cref="MaxPriority"/>.</summary>
    public static int PriorityOf(Endpoint endpoint) => (int)Math.Min(endpoint.Priority, MaxPriority);

    /// <summary>A weight as it is kept: 0 counts as 1.</summary>
    public static int WeightOf(Endpoint endpoint) => (int)Math.Clamp(endpoint.Weight, 1, Candidate.MaxWeight);

    private static bool IsHashing(BalancingPolicy policy) =>
        policy is BalancingPolicy.BalancingRingHash or BalancingPolicy.BalancingMaglev;
}
