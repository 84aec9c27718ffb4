namespace Tulle.Proxy.Discovery;

/// <summary>
/// Waits between attempts: doubled each time from 100 ms to 5 s, each drawn from the upper half of its range, so that a fleet that lost its
/// control plane at one moment does not come back at one moment. Not thread-safe.
/// </summary>
/// <param name="random">Uniform in [0, 1).</param>
internal sealed class Backoff(Func<double> random)
{
    /// <summary>Linkerd's inbound connect back-off starts here too.</summary>
    public static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);

    /// <summary>Half of what Linkerd takes: a new endpoint should not be unknown for longer.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private TimeSpan _range = First;

    public TimeSpan Next()
    {
        TimeSpan wait = _range * (0.5 + 0.5 * random());
        _range = _range * 2 < Longest ? _range * 2 : Longest;
        return wait;
    }

    /// <summary>Call when an attempt worked.</summary>
    public void Reset() => _range = First;
}
