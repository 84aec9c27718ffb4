namespace Tulle.Proxy.Balancing;

/// <summary>
/// Of two endpoints chosen at random the less loaded one (Mitzenmacher's power of two choices), which avoids both slow
/// endpoints and herds.
/// </summary>
internal abstract class PowerOfTwoPolicy : BalancerPolicy
{
    public sealed override Candidate Pick(CandidateSet set, long now, IRandomSource random)
    {
        Candidate a, b;
        if (set.IsUneven)
        {
            a = set.Draw(now, random);
            b = set.Draw(now, random);
            if (ReferenceEquals(a, b)) return a;
        }
        else
        {
            ReadOnlySpan<Candidate> items = set.Items;
            uint first = random.Below((uint)items.Length);
            uint second = random.Below((uint)items.Length - 1);
            if (second >= first) second++;
            a = items[(int)first];
            b = items[(int)second];
        }
        bool avoidA = a.State.IsAvoided(now), avoidB = b.State.IsAvoided(now);
        if (avoidA != avoidB) return avoidA ? b : a;
        return IsLighter(b, a, now) ? b : a;
    }

    /// <summary>Whether the one has less to do than the other.</summary>
    protected abstract bool IsLighter(Candidate one, Candidate other, long now);
}

/// <summary>By latency × requests in flight: the default.</summary>
internal sealed class PeakEwmaPolicy : PowerOfTwoPolicy
{
    protected override bool IsLighter(Candidate one, Candidate other, long now) => one.State.Load(now) < other.State.Load(now);
}

/// <summary>
/// By requests in flight per weight. Weights count in drawing the two already, so equally idle endpoints get requests in
/// proportion to them.
/// </summary>
internal sealed class LeastRequestPolicy : PowerOfTwoPolicy
{
    protected override bool IsLighter(Candidate one, Candidate other, long now) =>
        (long)one.State.InFlight * other.Weight < (long)other.State.InFlight * one.Weight;
}
