using Tulle.Protocol;

namespace Tulle.Proxy.Balancing;

/// <summary>How the share of a new endpoint grows. Immutable; any thread.</summary>
internal sealed class SlowStartModel
{
    // Istio's default.
    private const double DefaultMinPercent = 10;

    private readonly double _minFactor;
    private readonly double _exponent;

    private SlowStartModel(SlowStart slow)
    {
        WindowMicros = slow.WindowMs * 1_000;
        _minFactor = Math.Clamp(slow.MinPercent == 0 ? DefaultMinPercent : slow.MinPercent, 1, 100) / 100;
        _exponent = slow.Aggression > 0 && double.IsFinite(slow.Aggression) ? 1 / slow.Aggression : 1;
    }

    /// <summary>Time in microseconds after which an endpoint has its whole share.</summary>
    public long WindowMicros { get; }

    public static SlowStartModel? Compile(SlowStart? slow) => slow is null || slow.WindowMs <= 0 ? null : new SlowStartModel(slow);

    /// <summary>Part of its weight that an endpoint has after <paramref name="ageMicros"/>: max(least, (age / window)^(1 / aggression)).</summary>
    public double Factor(long ageMicros)
    {
        if (ageMicros >= WindowMicros) return 1;
        double age = Math.Max(0, ageMicros) / (double)WindowMicros;
        return Math.Max(_minFactor, _exponent == 1 ? age : Math.Pow(age, _exponent));
    }
}
