using Tulle.Protocol;

namespace Tulle.Proxy.Balancing;

/// <summary>
/// Chooses one of a set of at least two endpoints for a request. Policies keep no state of their own; what they need lies in
/// the set. One object of each serves every backend and loop.
/// </summary>
internal abstract class BalancerPolicy
{
    private static readonly BalancerPolicy PeakEwma = new PeakEwmaPolicy();
    private static readonly BalancerPolicy LeastRequest = new LeastRequestPolicy();
    private static readonly BalancerPolicy RoundRobin = new RoundRobinPolicy();
    private static readonly BalancerPolicy Random = new RandomPolicy();

    /// <summary>The policy of a backend. Hashing ones choose at random where a request has no key, as Envoy does.</summary>
    public static BalancerPolicy Of(BalancingPolicy policy) => policy switch
    {
        BalancingPolicy.BalancingLeastRequest => LeastRequest,
        BalancingPolicy.BalancingRoundRobin => RoundRobin,
        BalancingPolicy.BalancingRandom or BalancingPolicy.BalancingRingHash
            or BalancingPolicy.BalancingMaglev or BalancingPolicy.BalancingPassthrough => Random,
        _ => PeakEwma,
    };

    /// <summary>An endpoint of the set. It may be one to avoid: then the balancer looks for another.</summary>
    public abstract Candidate Pick(CandidateSet set, long now, IRandomSource random);
}

/// <summary>Each in turn, by weight.</summary>
internal sealed class RoundRobinPolicy : BalancerPolicy
{
    public override Candidate Pick(CandidateSet set, long now, IRandomSource random) => set.TakeTurn(now);
}

/// <summary>Any, by weight.</summary>
internal sealed class RandomPolicy : BalancerPolicy
{
    public override Candidate Pick(CandidateSet set, long now, IRandomSource random) => set.Draw(now, random);
}
